"""Lines of text: wrapped to a width, with times, counts and links in the words that all explanations share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from textwrap import wrap

from knotwork_graph.counted import counted
from knotwork_graph.model import Status
from knotwork_resolvers.explain.answers import Asked, Link, SampleEvent
from knotwork_resolvers.explain.ground import worded

WIDTH = 80


def folded(text: str, indent: str = "", hanging: str | None = None) -> list[str]:
    """``text`` in lines of at most ``WIDTH`` characters; words longer than that, such as identifiers, stay whole."""
    following = indent if hanging is None else hanging
    lines = wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=following,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return lines or [indent.rstrip()]


def day(moment: datetime | None) -> str:
    """The UTC day of a moment; a dash for none."""
    return moment.astimezone(UTC).date().isoformat() if moment else "-"


def minute(moment: datetime) -> str:
    """A moment to the minute, in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M")


def named(one: Asked) -> str:
    """One side of a question: the identifier, with what was asked where that was something else."""
    return one.key if one.asked.strip() == one.key else f"{one.key} (asked for as {one.asked.strip()})"


def owner(one: Asked) -> str:
    """Whose an identifier is, in words."""
    if one.status is not Status.LINKING:
        return f"{one.key} links nothing: {one.reason or one.status.value}."
    return f"{one.key} belongs to {one.customer}." if one.customer else f"{one.key} belongs to nobody."


def evidence(link: Link) -> str:
    """How often, when and by whom a link was seen, and what it weighs."""
    if link.decided:
        seen = f"; seen {counted(link.count, 'time')} as well" if link.count else ""
        if link.said is None:
            return f"decided by a steward (must-link){seen}"
        return f"{worded(link.said, 'says that they are one customer (must-link)')}{seen}"
    if link.matched is not None:
        return f"matched by model {link.model}: one person's with a probability of {link.matched:.1%}"
    vouched = f" ({link.vouched:,} vouched)" if link.vouched else ""
    first, last = day(link.first_seen), day(link.last_seen)
    when = f"on {first}" if first == last else f"{first} to {last}"
    by = f" by {', '.join(link.sources)}" if link.sources else ""
    weight = f", weight {link.weight:.2f}" if link.weight is not None else ""
    return f"seen {counted(link.count, 'time')}{vouched}, {when}{by}{weight}"


def sample(one: SampleEvent) -> str:
    """One event on one line: when, whose, which, what."""
    return f"{minute(one.timestamp)}  {one.source} {one.message_id}  {one.event}".rstrip()


def closing(left_out: Sequence[str], notes: Sequence[str]) -> Iterator[str]:
    """The last lines: what was left out, and what else a reader must know."""
    if left_out or notes:
        yield ""
    for text in left_out:
        yield from folded(f"Left out: {text}.", hanging="  ")
    for text in notes:
        yield from folded(f"Note: {text}.", hanging="  ")


def block(lines: Iterable[str]) -> str:
    """The lines as one text."""
    return "\n".join(lines)
