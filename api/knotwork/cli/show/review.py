"""Cases, cards and effects as people read them in a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from knotwork.cli.moments import minute
from knotwork.cli.terminal import heading, remark, say, table
from knotwork_graph.counted import counted

if TYPE_CHECKING:
    from knotwork.service.review.values import Answered, Card, Compared, Proposal, Report
    from knotwork_graph.desk import Case, Waiting
    from knotwork_graph.model import Recorded
    from knotwork_resolvers.review.effects import Effect
    from knotwork_resolvers.review.split import SplitProposal

QUEUE_HEADERS = ("case", "kind", "about", "because", "likely", "harm", "claimed by")
RECORD_HEADERS = ("number", "kind", "a", "b", "by", "at", "reason", "comment", "undone by")
NUMBERS = ("accepted", "rejected", "left", "precision")
MOST_KEYS = 5
MOST_WORDS = 20


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
        heading(f"{name}: {side.customer or 'nobody'} ({counted(side.events, 'event')}, {side.orders:,} with revenue)")
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
    from knotwork_resolvers.explain.wording.lines import day

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
        sums = "".join(f"; {Decimal(amount):,} {currency}".rstrip() for currency, amount in effect.revenue.items())
        yield f"events that change hands: {effect.events:,}, {effect.orders:,} with revenue{sums}"
    for name, words in (("entered", "enters"), ("left", "leaves"), ("stricter", "allows no more")):
        for customer, what in getattr(effect, name):
            yield f"{customer} {words} {what}"


def show_answered(done: Answered, what: str = "") -> None:
    """Print what came of an answer; ``what`` was answered where that was no case."""
    cases = f"case {done.cases[0]}" if len(done.cases) == 1 else counted(len(done.cases), "case")
    said = f"{cases}: {done.answer}" if done.cases else what
    if done.waiting:
        say(f"proposal {done.waiting} ({cases}): {done.answer}" if done.cases else f"proposal {done.waiting}: {what}")
        for why in done.why:
            remark(f"it needs a second person: {why}")
        remark(f"Another person approves it: knotwork review approve {done.waiting}")
        return
    lines(said + numbers_of(done.records), "")
    if done.run:
        remark(f"The customers obey since run {done.run}.")
    for text in done.remarks:
        remark(f"note: {text}")


def numbers_of(records: Sequence[Recorded]) -> str:
    """The numbers of what was recorded, in brackets; an undo is told by what it takes back."""
    made, undone = ([one.number for one in records if not one.undoes], [one.undoes for one in records if one.undoes])
    told = [
        f"{words}{'s' if len(some) > 1 else ''} {', '.join(map(str, some))}"
        for words, some in (("decision", made), ("takes back decision", undone))
        if some
    ]
    return f" ({'; '.join(told)})" if told else ""


def show_waiting(found: Sequence[Waiting]) -> None:
    """Print what waits for a second person."""
    if found:
        rows = [(one.number, one.by, minute(one.at), one.reason, "; ".join(one.why)) for one in found]
        table(("number", "by", "at", "reason", "why it waits"), rows, numbers=("number",))
    else:
        remark("Nothing waits for a second person.")


def show_proposal(found: Proposal) -> None:
    """Print one of them: what it would record, why it waits, and what it would do."""
    one = found.waiting
    reason = f": {one.reason}" if one.reason else ""
    lines(f"proposal {one.number} by {one.by}, {minute(one.at)} UTC{reason}", "")
    if one.state != "waiting":
        say(f"  it was {one.state} by {one.decided_by}")
    for word in found.decisions[:MOST_WORDS]:
        lines(f"{word.kind.replace('_', '-')} {' and '.join(word.about)}")
    if len(found.decisions) > MOST_WORDS:
        say(f"  and {len(found.decisions) - MOST_WORDS:,} more")
    if found.undoes:
        lines(f"takes back {', '.join(f'decision {number}' for number in found.undoes)}")
    if one.cases:
        lines(f"as {one.answer} to {', '.join(f'case {number}' for number in one.cases)}")
    for why in one.why:
        lines(f"it waits, for {why}")
    heading("what it would do")
    show_effect(found.effect)


def show_decisions(found: Sequence[Recorded]) -> None:
    """Print records: columns in a pipe; on a terminal, which is too narrow for them, two or three lines each."""
    if not sys.stdout.isatty():
        table(RECORD_HEADERS, [record_row(one) for one in found])
        return
    for one in found:
        what = f"undo of {one.undoes}" if one.undoes else " and ".join(key for key in (one.a, one.b) if key)
        lines(f"{one.number}: {'' if one.undoes else one.kind.replace('_', '-') + ' '}{what}", "")
        words = "; ".join(text for text in (one.reason, one.comment) if text)
        second = f", approved by {one.approved_by}" if one.approved_by else ""
        lines(f"{one.by}, {minute(one.at)} UTC{second}" + (f": {words}" if words else ""))
        if one.undone_by:
            say(f"  undone by {one.undone_by}")


def record_row(one: Recorded) -> tuple[object, ...]:
    """One record as cells; an undo names the decision it takes back."""
    kind = one.kind.replace("_", "-") if not one.undoes else f"undo of {one.undoes}"
    return one.number, kind, one.a, one.b, one.by, minute(one.at), one.reason, one.comment, one.undone_by or ""


def show_report(found: Report) -> None:
    """Print how the desk does."""
    rows = [
        (one.source, one.kind, one.accepted, one.rejected, one.left, "" if one.share is None else f"{one.share:.0%}")
        for one in found.precision
    ]
    if rows:
        table(("source", "kind", "accepted", "rejected", "left", "precision"), rows, numbers=NUMBERS)
    else:
        remark("Nobody has answered a case yet.")
    agreed = "not known yet" if found.agreement is None else f"{found.agreement:.2f}"
    say(f"agreement of two people (Cohen's kappa): {agreed}, on {counted(found.doubly_looked, 'case')}")
    say(f"open: {sum(found.open.values()):,}; waiting for a second person: {found.waiting:,}")
