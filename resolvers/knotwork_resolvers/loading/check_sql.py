"""The one query that parses and checks a block, and the reasons it gives."""

from __future__ import annotations

import json
from collections.abc import Sequence

from knotwork_graph.facts.schema import GIVEN, KEY_SQL

NOT_JSON = "line is not valid JSON"
NOT_AN_EVENT = "line is not an event: a JSON object is expected"
NOT_A_TIME = "`timestamp` is not a time"
IS_ODD = "odd"
MOST_IDENTIFIERS = 20_000
DEEPEST = 200
LONG = 65_536
FIRST_YEAR, LAST_YEAR = 1900, 2200
NOT_IN_RANGE = f"`timestamp` lies outside the years {FIRST_YEAR} to {LAST_YEAR}"

OBJECTS = ("traits", "properties", "consent")
KNOWN = ("source", "message_id", "timestamp", "channel", "event", "identifiers", "vouched", *OBJECTS)
WITHOUT_KNOWN = "{" + ", ".join(f'"{name}": null' for name in KNOWN) + "}"
CLOCK = r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?"
OFFSET = r"(Z|[+-](0\d|1[0-4])(:?[0-5]\d)?)"
ISO_8601 = rf"\d{{4}}-\d\d-\d\d([Tt ]{CLOCK}( ?{OFFSET})?)?"
STRING = r'"([^"\\]|\\.)*"'
LIST_OF_TEXT = rf"\[({STRING}(,{STRING})*)?\]"

# what DuckDB's reader takes though JSON forbids it, and NUL, which is no character of a text: Python looks closer
ODD = rf"""(regexp_matches(line, ',\s*[}}\]]') OR contains(line, '\u0000')
    OR contains(line, 'NaN') OR contains(line, 'Infinity') OR strlen(line) > {LONG}
    OR CASE WHEN strlen(line) > {2 * DEEPEST}
        THEN strlen(line) - strlen(replace(replace(line, '[', ''), '{{', '')) > {DEEPEST} END)"""


def check_sql(types: Sequence[str]) -> str:
    """The query over ``block_lines`` (row, line) that parses and checks.

    It gives every row that is not null, in order: the columns of ``GOOD``, ``reason`` (NULL where nothing is wrong),
    ``stamp`` (the timestamp as written, where that is what is wrong) and ``strange`` (the types of identifiers that
    ``types`` does not name). Types in ``types`` are parsed about three times as fast as others; the result is the same.
    """
    return f"""
{_fields(types)}, pairs AS (
    SELECT * EXCLUDE (named),
        CASE WHEN surplus THEN len(keys) <> len(list_distinct(keys)) ELSE false END AS twice,
        CASE WHEN surplus THEN nullif(json_merge_patch(line, '{WITHOUT_KNOWN}')::VARCHAR, '{{}}') END AS extra,
        CASE WHEN foreign_types THEN {_expanded(ENTRIES)}
            WHEN composed THEN {_expanded("named")} ELSE named END AS pairs,
        CASE WHEN foreign_types THEN len(types) <> len(list_distinct(types)) ELSE false END AS types_twice,
        CASE WHEN regexp_full_match(stamp, '{ISO_8601}')
            THEN try_cast(CASE WHEN contains(stamp, ' ') THEN regexp_replace(stamp, ' ([Z+-])', '\\1') ELSE stamp END
                AS TIMESTAMPTZ)::TIMESTAMP END AS timestamp,
        CASE WHEN regexp_full_match(vouched_json, '{LIST_OF_TEXT}')
            THEN from_json(vouched_json, '["VARCHAR"]') END AS vouched
    FROM fields
), events AS (
    SELECT *,
        foreign_types AND len(list_filter(types, lambda t: t = '' OR contains(t, ':'))) > 0 AS types_faulty,
        CASE WHEN foreign_types OR composed THEN len(list_filter(pairs,
            lambda p: starts_with(p.value, '[') OR starts_with(p.value, '{{'))) > 0 ELSE false END AS nested,
        -- without a backslash the only quotes of a JSON string are the two around it
        list_transform(pairs, lambda p: {{'type': p.type, 'value': CASE
            WHEN contains(p.value, '\') THEN p.value::JSON ->> '$' ELSE replace(p.value, '"', '') END}}) AS identifiers
    FROM pairs
)
SELECT row, {REASON} AS reason, CASE WHEN reason = '{NOT_A_TIME}' THEN stamp END AS stamp,
    CASE WHEN foreign_types THEN list_filter(types, lambda t: t NOT IN ({", ".join(map(quoted, ["", *types]))})) END
        AS strange,
    {KEY_SQL} AS {", ".join(GIVEN)}
FROM events
"""


def _fields(types: Sequence[str]) -> str:
    """The first stages: each line taken apart, and whether it holds more than what is expected."""
    return f"""
WITH parsed AS (
    SELECT row, line, try(from_json(line, {quoted(_shape(types))})) AS e,
        try(json_keys(line, ['$', '$.identifiers'])) AS key_lists
    FROM block_lines
    WHERE line IS NOT NULL
), fields AS (
    SELECT row, line, e IS NULL AS unread, key_lists[1] AS keys, key_lists[2] AS types,
        e.source, e.message_id, upper(e.timestamp) AS stamp, e.channel, e.event,
        e.vouched::VARCHAR AS vouched_json,
        {", ".join(f"e.{name}::VARCHAR AS {name}" for name in OBJECTS)},
        -- a key that is unknown, null or there twice: the exact answer is worth another parse only then
        len(key_lists[1]) <> {" + ".join(f"(e.{name} IS NOT NULL)::INT" for name in KNOWN)} AS surplus,
        len(key_lists[2]) <> {_count(types)} AS foreign_types,
        {_any_composed(types)} AS composed,
        {_named_pairs(types)} AS named
    FROM parsed
)"""


def quoted(text: str) -> str:
    """``text`` as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def _shape(types: Sequence[str]) -> str:
    """The structure of an event as DuckDB's ``from_json`` takes it."""
    texts = dict.fromkeys(("source", "message_id", "timestamp", "channel", "event"), "VARCHAR")
    values = dict.fromkeys(("vouched", *OBJECTS), "JSON")
    identifiers: object = dict.fromkeys(types, "JSON") or "JSON"
    return json.dumps({**texts, "identifiers": identifiers, **values}, ensure_ascii=False)


def _values(types: Sequence[str]) -> list[str]:
    """SQL for the JSON text of each named type's value."""
    return ['e.identifiers."' + kind.replace('"', '""') + '"::VARCHAR' for kind in types]


def _count(types: Sequence[str]) -> str:
    """SQL for the number of named types that an event holds."""
    return " + ".join(["0", *(f"({value} IS NOT NULL)::INT" for value in _values(types))])


def _any_composed(types: Sequence[str]) -> str:
    """SQL that is true where the value of a named type is no text: it may be a list or an object."""
    looks = (f"coalesce(NOT starts_with({value}, '\"'), false)" for value in _values(types))
    return " OR ".join(["false", *looks])


def _named_pairs(types: Sequence[str]) -> str:
    """SQL for type and JSON text of all named types that an event holds."""
    every = ", ".join(
        f"{{'type': {quoted(kind)}, 'value': {value}}}" for kind, value in zip(types, _values(types), strict=True)
    )
    return f"list_filter([{every}]::STRUCT(type VARCHAR, value VARCHAR)[], lambda p: p.value IS NOT NULL)"


# the same of any type, by way of a map, which costs more
ENTRIES = """list_transform(
    list_sort(map_entries(from_json(json_extract(line, '$.identifiers'), '"MAP(VARCHAR, JSON)"'))),
    lambda x: {'type': x.key, 'value': x.value::VARCHAR})"""


def _expanded(pairs: str) -> str:
    """SQL for the ``pairs`` with a pair for each element of a list, without what is null."""
    return f"""list_filter(flatten(list_transform({pairs}, lambda x: CASE
            WHEN starts_with(x.value, '[')
            THEN list_transform(from_json(x.value, '["JSON"]'), lambda v: {{'type': x.type, 'value': v::VARCHAR}})
            ELSE [x] END)), lambda p: p.value IS NOT NULL)"""


def _nested(name: str) -> str:
    """SQL that is true where the text ``name`` was an object or a list; looks again only where it looks like one."""
    looks = f"starts_with({name}, '{{') OR starts_with({name}, '[')"
    return f"(CASE WHEN {looks} THEN json_type(line, '$.{name}') IN ('OBJECT', 'ARRAY') ELSE false END)"


def _required(name: str) -> str:
    """The reasons against a required text."""
    return (
        f"WHEN {name} IS NULL THEN '`{name}` is missing' "
        f"WHEN {_nested(name)} THEN '`{name}` must be text' "
        f"WHEN {name} = '' OR starts_with({name}, ' ') AND trim({name}) = '' THEN '`{name}` is empty'"
    )


def _object(name: str) -> str:
    """The reason against a value that must be an object; JSON's own null counts as absent."""
    return f"WHEN NOT starts_with({name}, '{{') THEN '`{name}` must be an object'"


REASON = f"""CASE
    WHEN unread THEN CASE WHEN json_valid(line) THEN '{NOT_AN_EVENT}' ELSE '{NOT_JSON}' END
    WHEN source IS NULL AND NOT regexp_matches(line, '^\\s*\\{{') THEN '{NOT_AN_EVENT}'
    WHEN twice THEN 'a key occurs twice'
    {_required("source")}
    {_required("message_id")}
    WHEN stamp IS NULL THEN '`timestamp` is missing'
    WHEN timestamp IS NULL THEN '{NOT_A_TIME}'
    WHEN timestamp < '{FIRST_YEAR}-01-01' OR timestamp >= '{LAST_YEAR + 1}-01-01' THEN '{NOT_IN_RANGE}'
    WHEN {_nested("channel")} THEN '`channel` must be text'
    WHEN {_nested("event")} THEN '`event` must be text'
    WHEN types_twice THEN 'a type of identifier occurs twice'
    WHEN len(identifiers) = 0 OR identifiers IS NULL THEN CASE json_type(line, '$.identifiers')
        WHEN 'OBJECT' THEN 'no identifier' WHEN 'NULL' THEN '`identifiers` is missing'
        ELSE CASE WHEN json_type(line, '$.identifiers') IS NULL THEN '`identifiers` is missing'
            ELSE '`identifiers` must be an object of type: value' END END
    WHEN len(identifiers) > {MOST_IDENTIFIERS} THEN 'more than {MOST_IDENTIFIERS} identifiers'
    WHEN nested THEN 'the value of an identifier must be text, a number or a list of them'
    WHEN types_faulty THEN 'the type of an identifier is empty or holds a colon'
    WHEN vouched_json IS NOT NULL AND vouched IS NULL THEN '`vouched` must be a list of identifier types'
    {" ".join(_object(name) for name in OBJECTS)}
    WHEN {ODD} THEN '{IS_ODD}'
END"""

GOOD = ["row", *GIVEN]
