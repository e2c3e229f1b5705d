"""The columns of a fact, as Arrow and as Parquet have them.

============  ==================================  =====================================================
event_id      BIGINT                              unique over the workspace, ascending in the order received
key           UBIGINT                             first 8 bytes of md5(source, 0x1f, message_id), little end first
source        VARCHAR                             who saw it
message_id    VARCHAR                             unique within the source
timestamp     TIMESTAMP                           UTC, microseconds, without a zone
channel       VARCHAR or NULL
event         VARCHAR or NULL
identifiers   STRUCT(type VARCHAR, value VARCHAR)[]  values as they came
vouched       VARCHAR[] or NULL                   the types that the source vouches for
traits        VARCHAR or NULL                     JSON text of an object
properties    VARCHAR or NULL                     JSON text of an object
consent       VARCHAR or NULL                     JSON text of an object
extra         VARCHAR or NULL                     JSON text of the top-level keys that have no column
received_at   TIMESTAMP                           UTC
============  ==================================  =====================================================
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

BODY = ("timestamp", "channel", "event", "identifiers", "vouched", "traits", "properties", "consent", "extra")
GIVEN = ("key", "source", "message_id", *BODY)
EVENT_COLUMNS = ("event_id", *GIVEN, "received_at")

SQL_TYPES = {
    "event_id": "BIGINT",
    "key": "UBIGINT",
    "timestamp": "TIMESTAMP",
    "identifiers": "STRUCT(type VARCHAR, value VARCHAR)[]",
    "vouched": "VARCHAR[]",
    "received_at": "TIMESTAMP",
}
KEY_SQL = "md5_number_upper(source || chr(31) || message_id)"


@cache
def schema() -> Any:
    """The Arrow schema of a segment, columns in the order of ``EVENT_COLUMNS``."""
    import pyarrow as pa

    pair = pa.struct([pa.field("type", pa.string()), pa.field("value", pa.string())])
    special = {
        "event_id": pa.int64(),
        "key": pa.uint64(),
        "timestamp": pa.timestamp("us"),
        "identifiers": pa.list_(pair),
        "vouched": pa.list_(pa.string()),
        "received_at": pa.timestamp("us"),
    }
    return pa.schema([pa.field(name, special.get(name, pa.string())) for name in EVENT_COLUMNS])


def scan(paths: Sequence[Path]) -> str:
    """What stands after FROM in a DuckDB query over these segment files; without any, a table of no rows."""
    if paths:
        listed = ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)
        return f"read_parquet([{listed}])"
    columns = ", ".join(f"NULL::{SQL_TYPES.get(name, 'VARCHAR')} AS {name}" for name in EVENT_COLUMNS)
    return f"(SELECT {columns} WHERE false)"
