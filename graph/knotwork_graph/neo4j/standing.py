"""What identifiers say of events in the run that was written or read last, remembered.

A run says of an identifier what it said when it was published, for ever: a later run only ends rows, for later readers.
So nothing has to be asked again to be sure. What a transaction that failed has told of its own run is forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from knotwork_graph.neo4j.words import ints
from knotwork_graph.ports import Stood

if TYPE_CHECKING:
    from knotwork_graph.ports import Ints, StagedRun

MOST = 20_000
"""Identifiers that are remembered; then it begins anew."""
BLOCKED = 1


class Says(NamedTuple):
    """What one identifier says: its type, the number of its customer, the code of its status, whether it is cut off."""

    type: str
    customer: int = 0
    status: int = BLOCKED
    cut: bool = False


@dataclass(frozen=True, slots=True)
class _Known:
    """One run, the types in the graph's own order, and what each identifier says by id; the latter only grows."""

    run: int = -1
    types: tuple[str, ...] = ()
    says: dict[int, Says] = field(default_factory=dict)


class Remembered:
    """One run at a time. Safe to read from several threads while one, who holds the graph's lock, adds."""

    def __init__(self) -> None:
        self._known = _Known()

    def forget(self) -> None:
        """Nothing is known any more."""
        self._known = _Known()

    def add(self, run: int, types: Iterable[str], rows: Iterable[tuple[int, Says]]) -> None:
        """Nothing comes back; what some say in ``run``. ``types``: all that the graph knows, in its order."""
        known = self._known
        if known.run != run or len(known.says) > MOST:
            known = _Known(run)
        known.says.update(rows)
        self._known = replace(known, types=tuple(types))

    def of(self, ids: Ints, run: int) -> Stood | None:
        """What ``ids`` said in ``run``; None where one of them is not known."""
        known = self._known
        rows = [known.says.get(one) for one in ids.tolist()] if known.run == run else [None]
        said = [one for one in rows if one is not None]
        return None if len(said) < len(rows) else _stood(said, known.types)

    def follow(self, staged: StagedRun) -> None:
        """``staged`` comes after the run that is known: of those in its scope it is known what they say in it."""
        known, scope = self._known, staged.scope
        if scope is None or known.run != staged.run.number - 1:
            self.forget()
            return
        held = {one: known.says[one] for one in scope.tolist() if one in known.says}
        self._known = _Known(staged.run.number, known.types, dict(_after(held, staged)))


def _after(held: dict[int, Says], staged: StagedRun) -> Iterator[tuple[int, Says]]:
    """What each of ``held``, all in the scope of a run, says in that run."""
    cut = {end for name in ("a", "b") for end in staged.severed[name].to_pylist()}
    rows = (staged.members[name].to_pylist() for name in ("identifier", "customer", "status"))
    moved = {one: (customer, status) for one, customer, status in zip(*rows, strict=True)}
    for one, said in held.items():
        customer, status = moved.get(one, (said.customer, said.status))
        yield one, Says(said.type, customer, status, one in cut)


def _stood(said: list[Says], types: tuple[str, ...]) -> Stood:
    code = {name: place for place, name in enumerate(types)}
    return Stood(
        np.array([code[one.type] for one in said], np.int32),
        ints([one.customer for one in said]),
        np.array([one.status for one in said], np.int8),
        np.array([one.cut for one in said], np.bool_),
        types,
    )
