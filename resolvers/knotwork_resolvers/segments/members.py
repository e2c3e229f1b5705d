"""Members as they are kept: how many, who comes next, who was and when. To be asked after ``Membership.follow``."""

from __future__ import annotations

from typing import Any

from knotwork_graph.stays import Stay, StayFolders
from knotwork_resolvers.segments.ground import Ground
from knotwork_resolvers.segments.stays import COLUMNS, OPEN_COLUMNS, all_stays, open_stays

COUNTED = "SELECT segment, count(*) FROM {open} GROUP BY segment"
NEXT = "SELECT {columns} FROM {open} WHERE segment = $segment AND customer > $after ORDER BY customer LIMIT $first"
NUMBERS = "SELECT customer FROM {open} WHERE segment = $segment ORDER BY customer"
EVER = """
SELECT {columns} FROM {every} WHERE ($segment = '' OR segment = $segment) AND ($customer = 0 OR customer = $customer)
ORDER BY entered_at DESC, customer, segment LIMIT $first
"""


class Members:
    """The members of all segments. O(stays) for each question, in DuckDB."""

    def __init__(self, ground: Ground, folders: StayFolders) -> None:
        self._ground, self._folders = ground, folders

    def counts(self) -> dict[str, int]:
        """How many members each segment has; those without any are left out."""
        return dict(self._open(COUNTED))

    def page(self, segment: str, first: int, after: int = 0) -> tuple[Stay, ...]:
        """The next ``first`` members by number above ``after``."""
        rows = self._open(NEXT, segment=segment, first=first, after=after)
        return tuple(Stay(*row) for row in rows)

    def numbers(self, segment: str) -> tuple[int, ...]:
        """The numbers of all members, ascending."""
        return tuple(number for (number,) in self._open(NUMBERS, segment=segment))

    def history(self, first: int, segment: str = "", customer: int = 0) -> tuple[Stay, ...]:
        """The ``first`` stays of a segment, of a customer, or of both, the newest first."""
        with self._ground.connection() as connection:
            query = EVER.format(columns=", ".join(COLUMNS), every=all_stays(connection, self._folders))
            asked = {"segment": segment, "customer": customer, "first": first}
            return tuple(Stay(*row) for row in connection.execute(query, asked).fetchall())

    def _open(self, query: str, **asked: Any) -> list[tuple[Any, ...]]:
        with self._ground.connection() as connection:
            text = query.format(open=open_stays(connection, self._folders), columns=", ".join(OPEN_COLUMNS))
            return connection.execute(text, asked or None).fetchall()
