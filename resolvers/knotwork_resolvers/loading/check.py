"""Blocks of lines to checked events: all parsing and checking of good rows happens in DuckDB."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from knotwork_resolvers.loading.block import Block, Refusal, kept
from knotwork_resolvers.loading.check_sql import GOOD, IS_ODD, NOT_JSON, check_sql
from knotwork_resolvers.loading.explain import explained, odd_line

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

BATCH_ROWS = 16_384
MANY_ROWS = 20_000
SAMPLE_ROWS = 1_000
MOST_TYPES = 40


@dataclass(frozen=True, slots=True)
class Checked:
    """A block after its checks: ``events`` (Arrow: ``row`` and the columns of a fact) and the ``refused`` rows."""

    block: Block
    events: Any
    refused: tuple[Refusal, ...]


class Checker:
    """Checks blocks on a DuckDB connection that nobody else uses meanwhile."""

    def __init__(self, connection: DuckDBPyConnection) -> None:
        self._connection = connection
        self._connection.execute("SET TimeZone = 'UTC'")
        self._types: list[str] = []

    def __call__(self, block: Block) -> Checked:
        """The checked ``block``; rows keep their order. Only refused and odd rows cost a step of Python each."""
        if not self._types and len(block.lines) > MANY_ROWS:
            self._learn(self._parsed(block.lines.slice(0, SAMPLE_ROWS)))
        table = self._parsed(block.lines)
        self._learn(table)
        refused = list(block.refused)
        if table["reason"].null_count < len(table):
            import pyarrow.compute as pc

            doubtful = table.filter(pc.is_valid(table["reason"]))
            pardoned = set()
            for row, reason, stamp in _reasons(doubtful):
                refusal = _judged(block, row, reason, stamp)
                if refusal is None:
                    pardoned.add(row)
                elif refusal.reason:
                    refused.append(refusal)
            table = _good(table, pardoned)
        return Checked(block, table.select(GOOD), tuple(refused))

    def _learn(self, table: Any) -> None:
        """Nothing comes back; types of identifiers that came as a surprise are parsed the fast way from now on."""
        import pyarrow.compute as pc

        room = MOST_TYPES - len(self._types)
        strange = pc.value_counts(pc.list_flatten(table["strange"])).to_pylist()
        known = [count for count in strange if count["values"] and ":" not in count["values"]]
        often = sorted(known, key=lambda count: -count["counts"])[:room]
        # the engine's structures do not tell Email from email: one of them is parsed fast, the other one as a surprise
        named = {kind.lower(): kind for kind in (*(count["values"] for count in reversed(often)), *self._types)}
        self._types = sorted(named.values())

    def _parsed(self, lines: Any) -> Any:
        """All rows of the block as the query sees them, with a reason where it objects."""
        import numpy as np
        import pyarrow as pa

        table = pa.table({"row": pa.array(np.arange(len(lines), dtype=np.int64)), "line": lines})
        # the schema is named because a block of which every row was refused before has no batches to take it from
        batches = pa.Table.from_batches(table.to_batches(max_chunksize=BATCH_ROWS), schema=table.schema)
        self._connection.register("block_lines", batches)
        try:
            return self._connection.sql(check_sql(self._types)).to_arrow_table()
        finally:
            self._connection.unregister("block_lines")


def _reasons(table: Any) -> Iterator[tuple[int, str, str | None]]:
    """Row, reason and the timestamp as written, of each row that the query objects to."""
    columns = (table[name].to_pylist() for name in ("row", "reason", "stamp"))
    yield from zip(*columns, strict=True)


def _judged(block: Block, row: int, reason: str, stamp: str | None) -> Refusal | None:
    """The refusal of a row; None where a closer look finds nothing wrong; without a reason where it is blank."""
    text = block.lines[row].as_py()
    line = int(block.numbers[row])
    if reason == IS_ODD:
        found = odd_line(text)
        return None if found is None else Refusal(line, found, found, kept(text.encode()))
    if reason == NOT_JSON and not text.strip():
        return Refusal(line, "", "", "")
    return Refusal(line, explained(reason, text, stamp), reason, kept(text.encode()))


def _good(table: Any, pardoned: set[int]) -> Any:
    """The rows without a reason, and those that were pardoned."""
    import pyarrow as pa
    import pyarrow.compute as pc

    mask = pc.is_null(table["reason"])
    if pardoned:
        mask = pc.or_(mask, pc.is_in(table["row"], value_set=pa.array(sorted(pardoned), pa.int64())))
    return table.filter(mask)
