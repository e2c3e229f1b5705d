"""Whether an event is new: the first of a (source, message_id) counts; the same again is a duplicate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from knotwork_graph.facts import BODY, FactLog
from knotwork_resolvers.loading.block import Refusal, kept
from knotwork_resolvers.loading.body import same_body
from knotwork_resolvers.loading.check import Checked

if TYPE_CHECKING:
    import numpy as np
    from duckdb import DuckDBPyConnection
    from numpy.typing import NDArray

CONFLICT = "same source and message_id as an earlier event, but another body"

IDENTITY = ("key", "source", "message_id")
SAME = " AND ".join(f"e.{name} IS NOT DISTINCT FROM f.{name}" for name in BODY)
# each candidate that is not the first of its identity, with the place of the first one: in the log, or in the block
LATER = f"""
WITH firsts AS (
    SELECT {", ".join(IDENTITY)}, min(place) AS place
    FROM judge_events ANTI JOIN judge_stored USING ({", ".join(IDENTITY)})
    GROUP BY ALL HAVING count(*) > 1
)
SELECT e.place, true AS in_log, f.place AS first, {SAME} AS same
FROM judge_events e JOIN judge_stored f USING ({", ".join(IDENTITY)})
UNION ALL
SELECT e.place, false, f.place, {SAME}
FROM judge_events e JOIN firsts USING ({", ".join(IDENTITY)}) JOIN judge_events f ON f.place = firsts.place
WHERE e.place <> f.place
ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The events to append (Arrow), how many rows were duplicates, and the rows refused for another body."""

    events: Any
    duplicate: int
    refused: tuple[Refusal, ...]


class Judge:
    """Compares checked blocks with the log and with themselves, one after the other."""

    def __init__(self, connection: DuckDBPyConnection, log: FactLog) -> None:
        self._connection = connection
        self._log = log

    def __call__(self, checked: Checked) -> Verdict:
        """The verdict on every event of the block; only rows whose key was met before cost more than that look.

        What was erased and comes again is a duplicate, whatever it says: nothing is left to compare it with.
        """
        import pyarrow as pa

        keys = checked.events["key"].to_numpy()
        gone = self._log.erased(keys)
        if not gone.any():
            return self._beside_log(checked, keys)
        left = checked.events.filter(pa.array(~gone))
        verdict = self._beside_log(replace(checked, events=left), keys[~gone])
        return replace(verdict, duplicate=verdict.duplicate + int(gone.sum()))

    def _beside_log(self, checked: Checked, keys: NDArray[np.uint64]) -> Verdict:
        """The verdict on events of which none was ever erased."""
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        earlier = self._log.stored(self._connection, checked.events["key"])
        met = np.concatenate([_repeated(keys), earlier["key"].to_numpy()])
        if not len(met):
            return Verdict(checked.events, 0, ())
        candidates = _placed(checked.events.filter(pa.array(np.isin(keys, met))))
        earlier = _placed(earlier)
        later = self._later(earlier, candidates)
        rows = candidates["row"].take(later["place"])
        others = _others(later.filter(pc.invert(later["same"])), candidates, earlier)
        fresh = pc.invert(pc.is_in(checked.events["row"], value_set=rows.combine_chunks()))
        refused = tuple(_refusal(checked, row) for row in others)
        return Verdict(checked.events.filter(fresh), len(later) - len(others), refused)

    def _later(self, earlier: Any, candidates: Any) -> Any:
        """``place``, ``in_log``, ``first`` and ``same`` of each candidate that is not the first of its identity."""
        self._connection.register("judge_stored", earlier)
        self._connection.register("judge_events", candidates)
        try:
            return self._connection.sql(LATER).to_arrow_table()
        finally:
            self._connection.unregister("judge_stored")
            self._connection.unregister("judge_events")


def _repeated(keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The keys that occur more than once; O(n log n)."""
    import numpy as np

    ordered = np.sort(keys)
    repeated: NDArray[np.uint64] = ordered[1:][ordered[1:] == ordered[:-1]]
    return repeated


def _placed(table: Any) -> Any:
    """``table`` with a column ``place`` that numbers its rows from 0."""
    import numpy as np
    import pyarrow as pa

    return table.append_column("place", pa.array(np.arange(len(table), dtype=np.int64)))


def _others(unlike: Any, candidates: Any, earlier: Any) -> list[int]:
    """The rows that say something else than their first ones do, however written; ``unlike`` costs a step each."""
    import pyarrow.compute as pc

    found: list[int] = []
    for firsts, pairs in (
        (earlier, unlike.filter(unlike["in_log"])),
        (candidates, unlike.filter(pc.invert(unlike["in_log"]))),
    ):
        rows = candidates.take(pairs["place"]).to_pylist()
        first = firsts.take(pairs["first"]).to_pylist()
        found += [row["row"] for row, other in zip(rows, first, strict=True) if not same_body(row, other)]
    return sorted(found)


def _refusal(checked: Checked, row: int) -> Refusal:
    """The refusal of a row whose body is another one than the first's."""
    text = checked.block.lines[row].as_py()
    return Refusal(int(checked.block.numbers[row]), CONFLICT, CONFLICT, kept(text.encode()))
