"""What identifiers say of events in the run that was written or read last, remembered.

A run says of an identifier what it said when it was published, for ever: a later run only ends rows, for later readers.
So nothing has to be asked again to be sure. What a transaction that failed has told of its own run is forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from knotwork_graph.neo4j.words import ints
from knotwork_graph.ports import Stood

if TYPE_CHECKING:
    from knotwork_graph.ports import Ints, StagedRun

MOST = 5_000
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
        """``staged`` comes after the run that is known: what is known of it is what was, but for what it changes."""
        known, scope = self._known, staged.scope
        if scope is None or known.run != staged.run.number - 1:
            self.forget()
        else:
            self._known = replace(known, run=staged.run.number, says=_after(known.says, set(scope.tolist()), staged))


def _after(says: dict[int, Says], scope: set[int], staged: StagedRun) -> dict[int, Says]:
    """What they say in the run that is ``staged``; of who was cut off beyond its ``scope`` it does not tell."""
    found = dict(says)
    for one in [one for one, said in says.items() if said.cut]:
        if one in scope:
            found[one] = found[one]._replace(cut=False)
        else:
            del found[one]
    rows = (staged.members[name].to_pylist() for name in ("identifier", "customer", "status"))
    for one, customer, status in zip(*rows, strict=True):
        if one in found:
            found[one] = found[one]._replace(customer=customer, status=status)
    for one in found.keys() & {end for name in ("a", "b") for end in staged.severed[name].to_pylist()}:
        found[one] = found[one]._replace(cut=True)
    return found


def _stood(said: list[Says], types: tuple[str, ...]) -> Stood:
    code = {name: place for place, name in enumerate(types)}
    return Stood(
        np.array([code[one.type] for one in said], np.int32),
        ints([one.customer for one in said]),
        np.array([one.status for one in said], np.int8),
        np.array([one.cut for one in said], np.bool_),
        types,
    )
