"""The sightings of single events, by identifier and by event: a small SQLite file beside those of the segments.

A cache of the projection, written in the moment before the graph takes the same events. It knows for which events it
speaks, all those above ``low`` and up to ``high``, so that whoever reads can tell where it has fallen behind the graph
(a power cut may take its last commits), and it is made again by adding the same events once more.
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
    "CREATE TABLE IF NOT EXISTS span (one INTEGER PRIMARY KEY CHECK (one = 1), low INTEGER, high INTEGER) STRICT",
)
SPAN = "SELECT low, high FROM span"
SAY = "INSERT OR REPLACE INTO span VALUES (1, ?, ?)"
ADD = "INSERT OR IGNORE INTO sightings VALUES (?, ?)"
UNDO = "DELETE FROM sightings WHERE event_id > ?"
FORGET = "DELETE FROM sightings WHERE event_id <= ?"
CLEAR = "DELETE FROM sightings"
BETWEEN = "SELECT event_id, identifier FROM sightings WHERE event_id > ? AND event_id <= ? ORDER BY 1, 2"
OF_ONE = "SELECT event_id, identifier FROM sightings WHERE identifier = ? AND event_id > ? AND event_id <= ?"


class RecentSightings:
    """The sightings of the events above ``low`` and up to ``high`` (see ``span``); usable identifiers only."""

    def __init__(self, folder: Path) -> None:
        self._file = Database(folder / NAME, "sightings", STATEMENTS, CACHE)

    def add(self, event_ids: Iterable[int], identifiers: Iterable[int], *, after: int, upto: int) -> None:
        """Keep the sightings of all events above ``after`` and up to ``upto``, in the place of what is there of them.

        What is there beyond ``upto`` is dropped: the graph that it was written for never took it. Where ``after`` lies
        beyond the span, or before it, the span begins anew there, since it has no holes.
        """
        self._file.path.parent.mkdir(parents=True, exist_ok=True)
        with self._file.writing() as connection:
            low, high = connection.execute(SPAN).fetchone() or (after, after)
            goes_on = low <= after <= high
            connection.execute(UNDO, (after,)) if goes_on else connection.execute(CLEAR)
            connection.executemany(ADD, zip(identifiers, event_ids, strict=True))
            connection.execute(SAY, (low if goes_on else after, upto))

    def span(self) -> tuple[int, int]:
        """``low`` and ``high``; both 0 where nothing was ever kept."""
        with self._file.reading() as connection:
            return (connection.execute(SPAN).fetchone() if connection else None) or (0, 0)

    def holds(self, after: int, upto: int) -> bool:
        """Whether all sightings of the events above ``after`` and up to ``upto`` are here."""
        low, high = self.span()
        return after >= upto or (low <= after and upto <= high)

    def of(self, identifiers: Iterable[int], *, after: int, upto: int) -> tuple[Ints, Ints]:
        """The sightings of ``identifiers`` on these events: event ids and identifiers, by event; O(found)."""
        with self._file.reading() as connection:
            found = (connection.execute(OF_ONE, (one, after, upto)) for one in identifiers) if connection else ()
            return _arrays(sorted(row for rows in found for row in rows))

    def between(self, after: int, upto: int) -> tuple[Ints, Ints]:
        """All sightings of these events: event ids and identifiers, by event."""
        with self._file.reading() as connection:
            return _arrays(connection.execute(BETWEEN, (after, upto)).fetchall() if connection else [])

    def forget(self, upto: int) -> None:
        """Nothing comes back; the span begins at ``upto``, and what came before is gone."""
        low, high = self.span()
        if upto <= low:
            return
        with self._file.writing() as connection:
            connection.execute(FORGET, (upto,))
            connection.execute(SAY, (upto, max(upto, high)))

    def clear(self) -> None:
        """Nothing comes back, and nothing is kept: for a graph that is projected anew."""
        if self.span() != (0, 0):
            with self._file.writing() as connection:
                connection.execute(CLEAR)
                connection.execute(SAY, (0, 0))

    def close(self) -> None:
        """Give the file back; it is opened again when it is needed again."""
        self._file.close()


def _arrays(rows: Sequence[Any]) -> tuple[Ints, Ints]:
    import numpy as np

    pairs = np.array(rows, np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]
