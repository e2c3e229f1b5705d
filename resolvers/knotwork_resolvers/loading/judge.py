"""Whether an event is new: the first of a (source, message_id) counts; the same again is a duplicate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from knotwork_graph.facts import BODY, FactLog
from knotwork_graph.facts.lookup import stored
from knotwork_resolvers.loading.block import Refusal, kept
from knotwork_resolvers.loading.body import same_body
from knotwork_resolvers.loading.check import Checked

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CONFLICT = "same source and message_id as an earlier event, but another body"

# row -1 stands for a stored event: it comes before every row of the block
VERDICTS = f"""
WITH met AS (
    SELECT -1::BIGINT AS row, {", ".join(("source", "message_id", *BODY))} FROM judge_stored
    UNION ALL
    SELECT row, {", ".join(("source", "message_id", *BODY))} FROM judge_events
), firsts AS (
    SELECT * FROM met QUALIFY row_number() OVER (PARTITION BY source, message_id ORDER BY row) = 1
)
SELECT e.row, f.row AS first, {" AND ".join(f"e.{name} IS NOT DISTINCT FROM f.{name}" for name in BODY)} AS same,
    {", ".join(f"e.{name} AS {name}" for name in BODY)}, {", ".join(f"f.{name} AS first_{name}" for name in BODY)}
FROM judge_events e JOIN firsts f USING (source, message_id)
WHERE e.row <> f.row
ORDER BY e.row
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The events to append (Arrow), how many rows were duplicates, and the rows refused for another body."""

    events: Any
    duplicate: int
    refused: tuple[Refusal, ...]


class Judge:
    """Compares checked blocks with the log and with themselves, one after the other."""

    def __init__(self, log: FactLog) -> None:
        import duckdb

        self._log = log
        self._connection = duckdb.connect()

    def __call__(self, checked: Checked) -> Verdict:
        """The verdict on every event of the block; only rows whose key was met before cost more than that look."""
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        keys = checked.events["key"].to_numpy()
        earlier = stored(self._connection, self._log.segments(), checked.events["key"])
        met = np.concatenate([_repeated(keys), earlier["key"].to_numpy()])
        if not len(met):
            return Verdict(checked.events, 0, ())
        candidates = checked.events.filter(pa.array(np.isin(keys, met)))
        later = self._later(earlier, candidates)
        others = _others(later.filter(pc.invert(later["same"])))
        fresh = ~np.isin(checked.events["row"].to_numpy(), later["row"].to_numpy())
        refused = tuple(_refusal(checked, row) for row in others)
        return Verdict(checked.events.filter(pa.array(fresh)), len(later) - len(others), refused)

    def _later(self, earlier: Any, candidates: Any) -> Any:
        """Each candidate that is not the first of its (source, message_id), beside the first one."""
        self._connection.register("judge_stored", earlier)
        self._connection.register("judge_events", candidates)
        try:
            return self._connection.sql(VERDICTS).to_arrow_table()
        finally:
            self._connection.unregister("judge_stored")
            self._connection.unregister("judge_events")

    def close(self) -> None:
        """Nothing comes back; the connection is gone."""
        self._connection.close()


def _repeated(keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The keys that occur more than once; O(n log n)."""
    import numpy as np

    ordered = np.sort(keys)
    repeated: NDArray[np.uint64] = ordered[1:][ordered[1:] == ordered[:-1]]
    return repeated


def _others(later: Any) -> list[int]:
    """The rows of ``later`` that say something else than their first ones do; a step of Python each."""
    return [
        row["row"] for row in later.to_pylist() if not same_body(row, {name: row[f"first_{name}"] for name in BODY})
    ]


def _refusal(checked: Checked, row: int) -> Refusal:
    """The refusal of a row whose body is another one than the first's."""
    text = checked.block.lines[row].as_py()
    return Refusal(int(checked.block.numbers[row]), CONFLICT, CONFLICT, kept(text.encode()))
