"""Cases, cards and effects as people read them in a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from knotwork.cli.documents import document
from knotwork.cli.moments import minute
from knotwork.cli.terminal import heading, remark, say, table

if TYPE_CHECKING:
    from knotwork.service.review.values import Answered, Card, Compared, Report
    from knotwork_graph.desk import Case, Waiting
    from knotwork_resolvers.review.effects import Effect
    from knotwork_resolvers.review.split import SplitProposal

QUEUE_HEADERS = ("case", "kind", "about", "because", "likely", "harm", "claimed by")
MOST_KEYS = 5


def show_queue(cases: Sequence[Case]) -> None:
    """Print a page of the queue; on a terminal without the column of claims where nobody has claimed any."""
    rows = [queue_row(one) for one in cases]
    width = len(QUEUE_HEADERS) - (sys.stdout.isatty() and not any(one.claimed_by for one in cases))
    table(QUEUE_HEADERS[:width], [row[:width] for row in rows], numbers=("case", "likely", "harm"))


def queue_row(case: Case) -> tuple[object, ...]:
    """One case of the queue as cells."""
    one = case.finding
    because = ", ".join(one.grounds)
    return (
        case.number,
        one.kind,
        " and ".join(one.about),
        because,
        f"{one.score:.0%}",
        f"{one.harm:.2f}",
        case.claimed_by,
    )


def show_card(card: Card) -> None:
    """Print all that a card holds."""
    case, one = card.case, card.case.finding
    lines(f"case {case.number}: {one.kind} of {' and '.join(one.about)} ({case.state}, proposed by {one.source})", "")
    say(f"probability {one.score:.0%}, harm {one.harm:.2f}, since {minute(case.opened)} UTC, revision {card.revision}")
    lines(f"because: {', '.join(one.grounds)}" + (f" ({one.detail})" if one.detail else ""), "")
    if case.claimed_by:
        say(f"claimed by {case.claimed_by} until {minute(case.claimed_until)} UTC" if case.claimed_until else "")
    for name, side in zip("AB", card.sides, strict=False):
        heading(f"{name}: {side.customer or 'nobody'} ({side.events:,} events, {side.orders:,} with revenue)")
        for key in side.identifiers:
            say(f"  {key}")
    if card.traits:
        heading("traits")
        table(("trait", "both", "only A", "only B", ""), [trait_row(each) for each in card.traits])
    _show_reasons(card)
    for choice in card.choices:
        heading(f"{choice.answer}: {choice.does}")
        show_effect(choice.effect)
        for why in choice.second:
            lines(f"needs a second person: {why}")
    _show_past(card)


def trait_row(one: Compared) -> tuple[object, ...]:
    """One trait of both sides as cells."""
    return one.trait, "; ".join(one.shared), "; ".join(one.left), "; ".join(one.right), "differs" if one.differs else ""


def _show_reasons(card: Card) -> None:
    from knotwork_resolvers.explain import wording

    if card.why is not None:
        heading("why they are one")
        say(wording.why_text(card.why))
    if card.why_not is not None:
        heading("why they are two")
        say(wording.why_not_text(card.why_not))
    if card.seen_with is not None:
        heading("what it was seen with")
        say(wording.neighbours_text(card.seen_with))
    if card.against:
        heading("what speaks against one person")
        for words in card.against:
            lines(words)
    if card.split is not None:
        heading("where it falls apart most easily")
        show_split(card.split)


def _show_past(card: Card) -> None:
    if card.similar:
        heading("decided before")
        for one in card.similar:
            say(f"  case {one.number}: {one.answer} by {one.decided_by} ({', '.join(one.finding.grounds)})")
    if card.notes:
        heading("story")
        for note in card.notes:
            say(f"  {minute(note.at)} UTC {note.who}: {note.what} {note.text}".rstrip())


def show_split(found: SplitProposal) -> None:
    """Print where a customer would be cut."""
    from knotwork_resolvers.explain.wording.lines import counted, day

    lines(found.words, "")
    for place, side in enumerate(found.sides, 1):
        lines(f"side {place}: {', '.join(side)}")
    for one in found.cut:
        seen = f"seen {counted(one.count, 'time')}, {one.vouched:,} vouched"
        lines(f"cuts {one.a} and {one.b}: {seen}, {day(one.first_seen)} to {day(one.last_seen)}")


def show_effect(effect: Effect | None) -> None:
    """Print what decisions would change."""
    if effect is None:
        return
    for line in list(effect_lines(effect)) or ["nothing changes"]:
        lines(line)


def lines(text: str, indent: str = "  ") -> None:
    """Print a sentence, over several lines where it is long; the later ones stand further in."""
    from knotwork_resolvers.explain.wording.lines import folded

    for one in folded(text, indent, f"{indent}    "):
        say(one)


def effect_lines(effect: Effect) -> Iterator[str]:
    """What decisions would change, a sentence each."""
    yield from (text for text in (effect.contradicts, *_whose(effect), *_more(effect), effect.untold) if text)


def _whose(effect: Effect) -> Iterator[str]:
    """What becomes of customers and identifiers."""
    for name in ("created", "kept", "retired"):
        if found := getattr(effect, name):
            yield f"{'changed' if name == 'kept' else name}: {', '.join(found)}"
    for led in effect.redirected:
        yield f"{led.customer} leads to {', '.join(led.heirs) or 'nobody'}"
    for hand in effect.handed:
        more = f" and {len(hand.keys) - MOST_KEYS} more" if len(hand.keys) > MOST_KEYS else ""
        keys = ", ".join(hand.keys[:MOST_KEYS])
        yield f"from {hand.before or 'nobody'} to {hand.after or 'nobody'}: {keys}{more}"


def _more(effect: Effect) -> Iterator[str]:
    """What becomes of links, events, segments and consent."""
    if effect.severed or effect.healed:
        yield f"links cut: {effect.severed:,}; links that hold again: {effect.healed:,}"
    if effect.events:
        sums = "".join(f"; {amount} {currency}" for currency, amount in effect.revenue.items())
        yield f"events that change hands: {effect.events:,}, {effect.orders:,} with revenue{sums}"
    for name, words in (("entered", "enters"), ("left", "leaves"), ("stricter", "allows no more")):
        for customer, what in getattr(effect, name):
            yield f"{customer} {words} {what}"


def show_answered(done: Answered) -> None:
    """Print what came of an answer."""
    cases = f"case {done.cases[0]}" if len(done.cases) == 1 else f"{len(done.cases):,} cases"
    if done.waiting:
        say(f"proposal {done.waiting} ({cases}): {done.answer}")
        for why in done.why:
            remark(f"it needs a second person: {why}")
        remark(f"Another person approves it: knotwork review approve {done.waiting}")
        return
    numbers = ", ".join(str(one.number) for one in done.records)
    say(f"{cases}: {done.answer}" + (f" (decisions {numbers})" if numbers else ""))
    if done.run:
        remark(f"The customers obey since run {done.run}.")
    for text in done.remarks:
        remark(f"note: {text}")


def show_waiting(found: Sequence[Waiting], form: str) -> None:
    """Print what waits for a second person."""
    if form == "json":
        print(document(found))
    elif found:
        rows = [(one.number, one.by, minute(one.at), one.reason, "; ".join(one.why)) for one in found]
        table(("number", "by", "at", "reason", "why it waits"), rows, numbers=("number",))
    else:
        remark("Nothing waits for a second person.")


def show_report(found: Report) -> None:
    """Print how the desk does."""
    rows = [
        (one.source, one.kind, one.accepted, one.rejected, one.left, "" if one.share is None else f"{one.share:.0%}")
        for one in found.precision
    ]
    if rows:
        table(("source", "kind", "accepted", "rejected", "left", "precision"), rows)
    else:
        remark("Nobody has answered a case yet.")
    agreed = "not known yet" if found.agreement is None else f"{found.agreement:.2f}"
    say(f"agreement of two people (Cohen's kappa): {agreed}, on {found.doubly_looked:,} cases")
    say(f"open: {sum(found.open.values()):,}; waiting for a second person: {found.waiting:,}")
