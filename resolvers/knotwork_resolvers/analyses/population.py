"""Whose events an analysis looks at: the one place that knows where the events of everybody are kept.

``rows()`` stands after FROM in a DuckDB query and has the columns of a generation (``customer``, ``timestamp``,
``source``, ``message_id``, ``channel``, ``event``, ``identifiers``, ``traits``, ``properties``, ``consent``,
``reason``) and ``place``, a number that orders the events of one customer by (timestamp, source, message_id).
Customer 0 is nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from knotwork_resolvers.engine import quoted

if TYPE_CHECKING:
    import pyarrow as pa

EMPTY = """(SELECT 0::BIGINT AS customer, NULL::TIMESTAMP AS "timestamp", '' AS source, '' AS message_id, '' AS channel,
    '' AS event, NULL::STRUCT(type VARCHAR, value VARCHAR)[] AS identifiers, NULL::VARCHAR[] AS vouched, '' AS traits,
    '' AS properties, '' AS consent, 0::TINYINT AS reason, 0::BIGINT AS place WHERE false)"""


@dataclass(frozen=True, slots=True)
class Population:
    """Everybody, as one generation has them. ``events`` is None where nothing is resolved yet.

    ``members`` reads who holds which identifier: Arrow columns type, value, customer (0 for nobody), status, reason.
    """

    events: Path | None
    members: Callable[[], pa.Table] | None = None

    @property
    def version(self) -> str:
        """Another text whenever the events are others; nothing that was read under an old one may be used again."""
        return "" if self.events is None else f"{self.events}@{self.events.stat().st_mtime_ns}"

    def rows(self) -> str:
        """What stands after FROM; a table of no rows where nothing is resolved yet."""
        if self.events is None:
            return EMPTY
        return (
            f"(SELECT *, file_row_number AS place FROM read_parquet('{quoted(self.events)}', file_row_number = true))"
        )
