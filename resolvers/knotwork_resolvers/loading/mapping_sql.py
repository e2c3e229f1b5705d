"""A mapping as SQL: one expression that makes the JSON text of an event from a row of a table."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from dataclasses import dataclass

from knotwork_resolvers.loading.check_sql import quoted
from knotwork_resolvers.loading.mapping import Field, Mapping
from knotwork_resolvers.loading.time_sql import time_sql

# only numbers that are written as they would be written back: 007 and 1.50 stay text
PLAIN_NUMBER = r"-?(0|[1-9]\d{0,14})(\.\d{0,8}[1-9])?"
BLANKS = " \u00a0\u202f"
YES = "('true', 'yes', 'y', 't', '1', 'có')"
NO = "('false', 'no', 'n', 'f', '0', 'không')"


@dataclass(frozen=True, slots=True)
class Column:
    """A column as SQL: ``sql`` names it, ``kind`` is its DuckDB type."""

    sql: str
    kind: str

    @property
    def text(self) -> str:
        """Its value as text, trimmed; NULL where it is blank."""
        if self.kind in {"FLOAT", "DOUBLE"}:  # a whole number that became a float on its way is still whole
            whole = f"{self.sql} = trunc({self.sql}) AND abs({self.sql}) < 1e15"
            number = f"CASE WHEN {whole} THEN {self.sql}::BIGINT::VARCHAR ELSE {self.sql}::VARCHAR END"
            return f"CASE WHEN NOT isnan({self.sql}) THEN {number} END"
        return f"nullif(trim({self.sql}::VARCHAR), '')"

    @property
    def texts(self) -> str:
        """Its values as a list of texts."""
        return f"{self.sql}::VARCHAR[]" if self.kind.endswith("[]") else f"[{self.text}]"

    @property
    def value(self) -> str:
        """Its value as JSON; NULL where it is blank."""
        if self.kind == "VARCHAR":
            return f"to_json({self.text})"
        if self.kind in {"FLOAT", "DOUBLE"}:
            return f"CASE WHEN isfinite({self.sql}) THEN to_json({self.sql}) END"
        return f"to_json({self.sql})"


def event_sql(mapping: Mapping, columns: Dict[str, Column], row_hash: str) -> str:
    """SQL whose value is the event of a row as JSON text; ``row_hash`` is SQL that names a row without a message id."""
    vouched = f"[{', '.join(quoted(kind) for kind in mapping.vouched)}]" if mapping.vouched else "NULL"
    parts = {
        "source": _field(mapping.name, columns),
        "message_id": _field(mapping.message_id, columns) if mapping.message_id else row_hash,
        "timestamp": time_sql(_field(mapping.timestamp, columns), mapping.timezone, mapping.time_format),
        "channel": _field(mapping.channel, columns),
        "event": _field(mapping.event, columns),
        "identifiers": _object({kind: _values(names, columns) for kind, names in mapping.identifiers.items()}),
        "vouched": vouched,
        "traits": _object({key: columns[name].value for key, name in mapping.traits.items()}),
        "properties": _object(
            {key: _property(columns[name], mapping.decimal) for key, name in mapping.properties.items()}
        ),
        "consent": _object({key: _yes_or_no(columns[name]) for key, name in mapping.consent.items()}),
    }
    # merging into an empty object leaves out what is null: an empty cell is absent
    return f"json_merge_patch('{{}}', {_object(parts)})::VARCHAR"


def _object(parts: Dict[str, str]) -> str:
    """SQL for a JSON object; NULL without parts."""
    listed = ", ".join(f"{quoted(key)}, {sql}" for key, sql in parts.items())
    return f"json_object({listed})" if parts else "NULL"


def _field(field: Field | None, columns: Dict[str, Column]) -> str:
    """SQL for the text of a field."""
    if field is None:
        return "NULL"
    return columns[field.column].text if field.column is not None else quoted(field.constant or "")


def _values(names: tuple[str, ...], columns: Dict[str, Column]) -> str:
    """SQL for the values of one identifier type: one as a text, several as a list, none as NULL."""
    listed = f"list_filter(flatten([{', '.join(columns[name].texts for name in names)}]), lambda v: trim(v) <> '')"
    if len(names) == 1 and not columns[names[0]].kind.endswith("[]"):
        return columns[names[0]].text
    return f"CASE WHEN len({listed}) > 0 THEN to_json({listed}) END"


def _property(column: Column, decimal: str) -> str:
    """SQL for a property: a number where the text is plainly one, written with ``decimal`` where that is said."""
    if column.kind != "VARCHAR":
        return column.value
    plain, number = (PLAIN_NUMBER, column.text) if not decimal else _grouped(column.text, decimal)
    return f"CASE WHEN regexp_full_match({column.text}, '{plain}') THEN {number}::JSON ELSE {column.value} END"


def _grouped(text: str, decimal: str) -> tuple[str, str]:
    """What a number looks like whose thousands may be parted, by blanks or the other of point and comma; its JSON."""
    apart = ".,".replace(decimal, "") + BLANKS
    plain = rf"-?(0|[1-9]\d{{0,14}}|[1-9]\d{{0,2}}([{apart}]\d{{3}}){{1,4}})([{decimal}]\d{{1,8}})?"
    bare = f"replace(regexp_replace({text}, '[{apart}]', '', 'g'), '{decimal}', '.')"
    return plain, rf"CASE WHEN contains({bare}, '.') THEN regexp_replace({bare}, '\.?0+$', '') ELSE {bare} END"


def _yes_or_no(column: Column) -> str:
    """SQL for a consent: true, false, or the value as it came."""
    lower = f"lower({column.text})"
    return (
        f"CASE WHEN {lower} IN {YES} THEN 'true'::JSON WHEN {lower} IN {NO} THEN 'false'::JSON ELSE {column.value} END"
    )
