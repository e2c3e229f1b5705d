"""The catalogue: which segment files count. A file that is not in it is a leftover, whatever it holds."""

from __future__ import annotations

from pathlib import Path

from knotwork_graph.facts.database import PLAIN, Database
from knotwork_graph.facts.segment import Segment
from knotwork_graph.model import from_micros, to_micros

NAME = "catalogue.db"
TABLE = """
CREATE TABLE IF NOT EXISTS segments (
    number INTEGER PRIMARY KEY,
    file TEXT NOT NULL UNIQUE,
    events INTEGER NOT NULL CHECK (events > 0),
    first_event INTEGER NOT NULL,
    last_event INTEGER NOT NULL,
    first_timestamp INTEGER NOT NULL,
    last_timestamp INTEGER NOT NULL,
    created INTEGER NOT NULL
) STRICT
"""
MARK = "SELECT count(*), coalesce(max(number), 0), coalesce(max(last_event), 0) FROM segments"
READ = "SELECT * FROM segments ORDER BY number"
INSERT = "INSERT INTO segments VALUES (?, ?, ?, ?, ?, ?, ?, ?)"

Mark = tuple[int, int, int]
"""How many segments there are, the last one's number, and the last event id that any of them holds."""

EMPTY: Mark = (0, 0, 0)


class Catalogue:
    """The catalogue of the log in ``folder``. Reading never makes the file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file = Database(folder / NAME, "segments", (TABLE,), PLAIN)

    def read(self) -> tuple[Segment, ...]:
        """All segments recorded, by number; none where nothing was ever written."""
        with self._file.reading() as connection:
            rows = connection.execute(READ).fetchall() if connection else []
        return tuple(_segment(self.folder, row) for row in rows)

    def mark(self) -> Mark:
        """What tells one state of the catalogue from every later one; a fraction of the cost of reading it."""
        with self._file.reading() as connection:
            count, number, last_event = connection.execute(MARK).fetchone() if connection else EMPTY
        return count, number, last_event

    def record(self, segment: Segment) -> None:
        """Nothing comes back; ``segment`` is in the catalogue, durably."""
        row = (
            segment.number,
            segment.path.name,
            segment.events,
            segment.first_event,
            segment.last_event,
            to_micros(segment.first_timestamp),
            to_micros(segment.last_timestamp),
            to_micros(segment.created),
        )
        with self._file.writing() as connection:
            connection.execute(INSERT, row)

    def close(self) -> None:
        """Give the file back; it is opened again when it is needed again."""
        self._file.close()


def _segment(folder: Path, row: tuple[int, str, int, int, int, int, int, int]) -> Segment:
    """The segment that one row of the catalogue describes."""
    number, file, events, first_event, last_event, first, last, created = row
    return Segment(
        number=number,
        path=folder / file,
        events=events,
        first_event=first_event,
        last_event=last_event,
        first_timestamp=from_micros(first),
        last_timestamp=from_micros(last),
        created=from_micros(created),
    )
