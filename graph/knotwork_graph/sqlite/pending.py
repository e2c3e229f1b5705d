"""Which identifiers wait for a run to look at them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from knotwork_graph.sqlite.connection import FEW, Bulk
from knotwork_graph.sqlite.projecting import is_empty
from knotwork_graph.sqlite.scoped import CURRENT, OWN, SEEN_NOW
from knotwork_graph.sqlite.tables import EVERYTHING, listed, numbers

if TYPE_CHECKING:
    from knotwork_graph.ports import Ints

    Mask = NDArray[np.bool_]

MOST = 2_000_000
"""More identifiers than that are not worth telling apart: all will be resolved."""

REMEMBER = """
INSERT INTO pending (identifier, moved) VALUES (?, ?)
ON CONFLICT (identifier) DO UPDATE SET moved = max(moved, excluded.moved)
"""
SETTLE = "DELETE FROM pending WHERE (SELECT count(*) FROM pending) >= ?"
PENDING = "SELECT identifier, moved FROM pending ORDER BY identifier"
# identifiers in a customer that has a severed edge: there more evidence can change which edges are taken
RESTLESS = f"""
{OWN},
held AS (
    SELECT own.id, own.id AS member FROM own
    UNION SELECT own.id, m.identifier FROM own
    JOIN memberships AS o ON o.identifier = own.id AND o.customer > 0 AND {SEEN_NOW.format(m="o", current=CURRENT)}
    JOIN memberships AS m ON m.customer = o.customer AND {SEEN_NOW.format(m="m", current=CURRENT)})
SELECT DISTINCT id FROM held WHERE
    EXISTS (SELECT 1 FROM severed AS s WHERE s.a = member AND {SEEN_NOW.format(m="s", current=CURRENT)})
    OR EXISTS (SELECT 1 FROM severed AS s WHERE s.b = member AND {SEEN_NOW.format(m="s", current=CURRENT)})
ORDER BY id
"""


class Pending:
    """The identifiers that were touched since a run looked, and which of them it is known to find as they were.

    Few that a transaction touches are written when it ends, and not at all where a run has looked at them by then.
    """

    def __init__(self, bulk: Callable[[], Bulk]) -> None:
        self._bulk = bulk
        self._run = 0
        self._calm = np.empty(0, np.int64)
        self._kept: dict[int, bool] = {}
        self._of = 0
        self._known: tuple[object, int] = (None, 0)

    def add(self, ids: Ints, moved: Mask) -> None:
        """These wait, those that ``moved`` above all; very many stand for everything. Within a transaction."""
        if len(ids) > FEW:
            if len(ids) == self._there_are():
                self.add_everything()
            else:
                self._write(ids, moved)
            return
        kept = self._here()
        for one, much in zip(ids.tolist(), moved.tolist(), strict=True):
            kept[one] = kept.get(one, False) or much
        self._bulk().at_last(self._write_kept)

    def add_everything(self) -> None:
        """A run has to look at all there is. Within a transaction."""
        self._write(np.array([EVERYTHING]), np.array([True]))

    def settle(self, least: int = 0) -> None:
        """Nothing waits any more; where fewer than ``least`` were written, they stay, which costs nothing."""
        self._here().clear()
        count = self._count()
        if count is None or count >= max(least, 1):
            self._bulk().execute(SETTLE, (least,))
            self._known = (self._bulk().others(), 0) if count is not None or not least else (None, 0)

    def forget(self) -> None:
        """Others than this class have settled what waits."""
        self._known = (None, 0)

    def __call__(self, *, ages: bool) -> Ints | None:
        """Those that a run has to look at, ascending; None for all. Where edges age, that is each of them."""
        found, moved = self._all()
        if len(found) and found[0] == EVERYTHING:
            return None
        if ages or moved.all():
            return found
        return np.union1d(found[moved], self._restless(found[~moved]))

    def _all(self) -> tuple[Ints, Mask]:
        """All that wait, ascending, and which of them moved."""
        kept = self._here()
        ids, moved = np.array(list(kept), np.int64), np.array(list(kept.values()), np.bool_)
        if self._count() != 0:
            rows = self._bulk().fetch(PENDING)
            self._known = self._bulk().others(), len(rows)
            ids = np.concatenate([ids, numbers(rows, "identifier")])
            moved = np.concatenate([moved, numbers(rows, "moved") == 1])
        found, place = np.unique(ids, return_inverse=True)
        much = np.zeros(len(found), np.bool_)
        much[place[moved]] = True
        return found, much

    def _count(self) -> int | None:
        """How many are written; None where that is not known."""
        known, count = self._known
        return count if known is not None and known == self._bulk().others() else None

    def _here(self) -> dict[int, bool]:
        """Those that the open transaction has touched; those of one that was undone are gone with it."""
        if self._of != self._bulk().held:
            self._of, self._kept = self._bulk().held, {}
        return self._kept

    def _there_are(self) -> int:
        """How many identifiers there are at all; their ids have no gaps."""
        return int(self._bulk().rows("SELECT coalesce(max(id), 0) AS last FROM identifiers")[0][0])

    def _write_kept(self) -> None:
        kept = self._here()
        if kept:
            self._write(np.array(list(kept), np.int64), np.array(list(kept.values()), np.bool_))
            kept.clear()

    def _write(self, ids: Ints, moved: Mask) -> None:
        import pyarrow as pa

        if len(ids) > MOST:
            ids, moved = np.array([EVERYTHING]), np.array([True])
        rows = pa.table({"identifier": ids, "moved": moved.astype(np.int64)})
        if is_empty(self._bulk(), "pending", rows):
            self._bulk().append("pending", rows)
        else:
            self._bulk().execute_each(REMEMBER, rows)
        self.forget()

    def _restless(self, ids: Ints) -> Ints:
        """Those of ``ids`` that are restless in the run that readers see. What is calm stays so, and is asked once."""
        run = int(self._bulk().rows(f"SELECT {CURRENT} AS current")[0][0])
        known = self._calm if run == self._run else self._calm[:0]
        asked = np.setdiff1d(ids, known, assume_unique=True)
        restless = numbers(self._bulk().fetch(RESTLESS, (listed(asked),)), "id") if len(asked) else asked
        self._run, self._calm = run, np.setdiff1d(np.union1d(known, asked), restless)
        return restless
