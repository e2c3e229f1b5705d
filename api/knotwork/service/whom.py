"""Sets of customers that an analysis is asked about: a segment, or a file or a list of ids and keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from knotwork_graph.errors import UsageError
from knotwork_graph.model import Identifier, customer_number

if TYPE_CHECKING:
    from knotwork_graph.policy import Policy
    from knotwork_graph.ports import GraphStore


@dataclass(frozen=True, slots=True)
class OfSegment:
    """The customers who are in a segment now."""

    name: str


Named = str | Path | Iterable[str] | OfSegment
"""The path of a file with an id or a key in each line, the ids and keys themselves, or a segment."""
Members = Callable[[str], tuple[int, ...]]
"""The numbers of the members of a segment; raises ``UsageError`` where there is none."""

HEADINGS = frozenset({"customer_id", "customer", "id", "key"})


@dataclass(frozen=True, slots=True)
class Whom:
    """The numbers of customers, each once, and a word on the names that lead to nobody."""

    numbers: tuple[int, ...]
    notes: tuple[str, ...] = ()


def either(customers: Named | None, segment: str | None) -> Named | None:
    """The one set that was named, None for everybody. Raises ``UsageError`` where both were."""
    if segment is None:
        return customers
    if customers is not None:
        raise UsageError("a set is a segment or a list of customers; name one of them.")
    return OfSegment(segment)


def whom(named: Named, store: GraphStore, policy: Policy, members: Members) -> Whom:
    """The customers of a segment, or those that ids and keys lead to; an old id leads to its heirs.

    One look-up in the store for each id or key. Raises ``UsageError`` for a file that cannot be read.
    """
    if isinstance(named, OfSegment):
        return Whom(members(named.name))
    found: dict[int, None] = {}
    lost = [place for place, one in _names(named) if not _add(found, _numbers(one, store, policy))]
    return Whom(tuple(found), _said(lost))


def _names(named: str | Path | Iterable[str]) -> Iterator[tuple[int, str]]:
    """The names with their places from 1; of a CSV file the first column, without its heading."""
    lines: Iterable[str] = _lines(Path(named)) if isinstance(named, str | Path) else named
    for place, line in enumerate(lines, 1):
        name = line.split(",")[0].strip().strip('"')
        if name and name.casefold() not in HEADINGS:
            yield place, name


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: this is no text in UTF-8. Write an id or a key in each line.") from error
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}. Name a file with an id or a key in each line.") from error


def _add(found: dict[int, None], numbers: tuple[int, ...]) -> bool:
    """Keep the numbers; whether there were any."""
    found.update(dict.fromkeys(numbers))
    return bool(numbers)


def _numbers(name: str, store: GraphStore, policy: Policy) -> tuple[int, ...]:
    """The customers that one id or key leads to."""
    from knotwork_resolvers.normalise import normalise_one

    number = customer_number(name)
    if number is not None:
        return _living(number, store)
    try:
        raw = Identifier.parse(name)
    except ValueError:
        return ()
    value, _, _ = normalise_one(policy.rule(raw.type), raw.value)
    owner = store.customer_of(Identifier(raw.type, value))
    return (owner,) if owner else ()


def _living(number: int, store: GraphStore) -> tuple[int, ...]:
    heirs = store.heirs(number)
    if heirs is not None:
        return tuple(dict.fromkeys(one for heir in heirs for one in _living(heir, store)))
    return (number,) if 0 < number < store.state().next_number else ()


def _said(lost: list[int]) -> tuple[str, ...]:
    if not lost:
        return ()
    return (f"{len(lost):,} names lead to no customer and are left out, the first in line {lost[0]:,}",)
