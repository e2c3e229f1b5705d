"""Which identifiers wait for a run to look at them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from knotwork_graph.sqlite.connection import Bulk
from knotwork_graph.sqlite.scoped import CURRENT, OWN, SEEN_NOW
from knotwork_graph.sqlite.tables import EVERYTHING, listed, numbers

if TYPE_CHECKING:
    from knotwork_graph.ports import Ints

PENDING = f"SELECT identifier, moved, {CURRENT} AS current FROM pending ORDER BY identifier"
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
    """The identifiers that were touched since a run looked, and which of them it is known to find as they were."""

    def __init__(self) -> None:
        self._run = 0
        self._calm = np.empty(0, np.int64)
        self._counted: int | None = None

    def grow(self) -> None:
        """There will be more."""
        self._counted = None

    def may_be(self, least: int) -> bool:
        """Whether so many may wait; where others add to them meanwhile, that is seen the next time they are asked."""
        return self._counted is None or self._counted >= least

    def __call__(self, bulk: Bulk, *, ages: bool) -> Ints | None:
        """Those that a run has to look at, ascending; None for all. Where edges age, that is each of them."""
        rows = bulk.fetch(PENDING)
        self._counted = len(rows)
        found, moved = numbers(rows, "identifier"), numbers(rows, "moved") == 1
        if len(found) and found[0] == EVERYTHING:
            return None
        if ages or moved.all():
            return found
        return np.union1d(found[moved], self._restless(bulk, found[~moved], rows["current"][0].as_py()))

    def _restless(self, bulk: Bulk, ids: Ints, run: int) -> Ints:
        """Those of ``ids`` that are restless in a run. What is calm in it stays so, and is asked once."""
        known = self._calm if run == self._run else self._calm[:0]
        asked = np.setdiff1d(ids, known, assume_unique=True)
        restless = numbers(bulk.fetch(RESTLESS, (listed(asked),)), "id") if len(asked) else asked
        self._run, self._calm = run, np.setdiff1d(np.union1d(known, asked), restless)
        return restless
