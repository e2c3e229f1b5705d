"""The sightings of single events, until they lie with a packed segment: a small SQLite file beside theirs.

A cache of the projection, written in the moment before the graph takes the same events. It knows for which events it
speaks, in spans from one event to another (between them lie segments that were loaded), so that whoever reads can tell
where it has fallen behind the graph (a power cut may take its last commits), and it is made again by adding the same
events once more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knotwork_graph.facts.database import CACHE, Database

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

NAME = "recent.db"
TABLE = """
CREATE TABLE IF NOT EXISTS sightings (
    identifier INTEGER NOT NULL,
    event_id INTEGER NOT NULL,
    PRIMARY KEY (identifier, event_id)
) STRICT, WITHOUT ROWID
"""
STATEMENTS = (
    TABLE,
    "CREATE INDEX IF NOT EXISTS by_event ON sightings (event_id)",
    "CREATE TABLE IF NOT EXISTS spans (low INTEGER NOT NULL, high INTEGER NOT NULL CHECK (low < high)) STRICT",
)
HOLDS = "SELECT count(*) FROM spans WHERE low <= ? AND high >= ?"
GO_ON = "UPDATE spans SET high = ? WHERE high = ?"
BEGIN = "INSERT INTO spans VALUES (?, ?)"
# what is said of events above one, or up to one, is taken back
TAKE_BACK = ("DELETE FROM spans WHERE low >= :event", "UPDATE spans SET high = :event WHERE high > :event")
PASS_OVER = ("DELETE FROM spans WHERE high <= :event", "UPDATE spans SET low = :event WHERE low < :event")
ADD = "INSERT OR IGNORE INTO sightings VALUES (?, ?)"
UNDO = "DELETE FROM sightings WHERE event_id > ?"
FORGET = "DELETE FROM sightings WHERE event_id <= :event"
CLEAR = ("DELETE FROM sightings", "DELETE FROM spans")
BETWEEN = "SELECT event_id, identifier FROM sightings WHERE event_id > ? AND event_id <= ? ORDER BY 1, 2"


class RecentSightings:
    """The usable sightings of the events in some spans, each of them above its ``low`` and up to its ``high``."""

    def __init__(self, folder: Path) -> None:
        self._file = Database(folder / NAME, "sightings", STATEMENTS, CACHE)

    def add(self, event_ids: Iterable[int], identifiers: Iterable[int], *, after: int, upto: int) -> None:
        """Keep the sightings of all events above ``after`` and up to ``upto``, in the place of what is there of them.

        What is there beyond ``after`` is dropped: the graph that it was written for never took it.
        """
        self._file.path.parent.mkdir(parents=True, exist_ok=True)
        with self._file.writing() as connection:
            connection.execute(UNDO, (after,))
            for statement in TAKE_BACK:
                connection.execute(statement, {"event": after})
            connection.executemany(ADD, zip(identifiers, event_ids, strict=True))
            if after < upto and not connection.execute(GO_ON, (upto, after)).rowcount:
                connection.execute(BEGIN, (after, upto))

    def holds(self, after: int, upto: int) -> bool:
        """Whether all sightings of the events above ``after`` and up to ``upto`` are here."""
        with self._file.reading() as connection:
            found = connection.execute(HOLDS, (after, upto)).fetchone()[0] if connection else 0
        return after >= upto or found > 0

    def between(self, after: int, upto: int) -> tuple[Ints, Ints]:
        """All sightings of these events: event ids and identifiers, by event."""
        with self._file.reading() as connection:
            return _arrays(connection.execute(BETWEEN, (after, upto)).fetchall() if connection else [])

    def forget(self, upto: int) -> None:
        """Nothing comes back; of events up to ``upto`` nothing is kept."""
        self._change((FORGET, *PASS_OVER), {"event": upto})

    def clear(self) -> None:
        """Nothing comes back, and nothing is kept: for a graph that is projected anew."""
        self._change(CLEAR, {})

    def _change(self, statements: Iterable[str], bound: dict[str, int]) -> None:
        """One transaction, where there is a file."""
        with self._file.reading() as there:
            if there is None:
                return
        with self._file.writing() as connection:
            for statement in statements:
                connection.execute(statement, bound)

    def close(self) -> None:
        """Give the file back; it is opened again when it is needed again."""
        self._file.close()


def _arrays(rows: Sequence[Any]) -> tuple[Ints, Ints]:
    import numpy as np

    pairs = np.array(rows, np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]
