"""The one query that parses and checks a block, and the reasons it gives."""

from __future__ import annotations

from knotwork_graph.facts.schema import GIVEN, KEY_SQL

NOT_JSON = "line is not valid JSON"
NOT_A_TIME = "`timestamp` is not a time"
IS_ODD = "odd"
MOST_IDENTIFIERS = 1_000
FIRST_YEAR, LAST_YEAR = 1900, 2200
NOT_IN_RANGE = f"`timestamp` lies outside the years {FIRST_YEAR} to {LAST_YEAR}"

SHAPE = (
    '{"source": "VARCHAR", "message_id": "VARCHAR", "timestamp": "VARCHAR", "channel": "VARCHAR", "event": "VARCHAR", '
    '"identifiers": "MAP(VARCHAR, JSON)", "vouched": "JSON", "traits": "JSON", "properties": "JSON", "consent": "JSON"}'
)
OBJECTS = ("traits", "properties", "consent")
KNOWN = ("source", "message_id", "timestamp", "channel", "event", "identifiers", "vouched", *OBJECTS)
WITHOUT_KNOWN = "{" + ", ".join(f'"{name}": null' for name in KNOWN) + "}"
CLOCK = r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?"
OFFSET = r"(Z|[+-](0\d|1[0-4])(:?[0-5]\d)?)"
ISO_8601 = rf"\d{{4}}-\d\d-\d\d([Tt ]{CLOCK}( ?{OFFSET})?)?"
STRING = r'"([^"\\]|\\.)*"'
LIST_OF_TEXT = rf"\[({STRING}(,{STRING})*)?\]"

# what DuckDB's reader takes though JSON forbids it, and NUL, which is no character of a text: Python looks closer
ODD = r"""(regexp_matches(line, ',\s*[}\]]') OR contains(line, '\u0000')
    OR contains(line, 'NaN') OR contains(line, 'Infinity'))"""


def _nested(name: str) -> str:
    """SQL that is true where the text ``name`` was an object or a list; looks again only where it looks like one."""
    looks = f"({name}[1] = '{{' OR {name}[1] = '[')"
    return f"(CASE WHEN {looks} THEN json_type(line, '$.{name}') IN ('OBJECT', 'ARRAY') ELSE false END)"


def _required(name: str) -> str:
    """The reasons against a required text."""
    return (
        f"WHEN {name} IS NULL THEN '`{name}` is missing' "
        f"WHEN {_nested(name)} THEN '`{name}` must be text' "
        f"WHEN trim({name}) = '' THEN '`{name}` is empty'"
    )


def _object(name: str) -> str:
    """The reason against a value that must be an object; JSON's own null counts as absent."""
    return f"WHEN {name}[1] <> '{{' THEN '`{name}` must be an object'"


REASON = f"""CASE
    WHEN line IS NULL THEN NULL
    WHEN NOT valid THEN '{NOT_JSON}'
    WHEN NOT object THEN 'line is not an event: a JSON object is expected'
    WHEN twice THEN 'a key occurs twice'
    {_required("source")}
    {_required("message_id")}
    WHEN stamp IS NULL THEN '`timestamp` is missing'
    WHEN timestamp IS NULL THEN '{NOT_A_TIME}'
    WHEN NOT year(timestamp) BETWEEN {FIRST_YEAR} AND {LAST_YEAR} THEN '{NOT_IN_RANGE}'
    WHEN {_nested("channel")} THEN '`channel` must be text'
    WHEN {_nested("event")} THEN '`event` must be text'
    WHEN held IS NULL THEN CASE
        WHEN coalesce(json_type(line, '$.identifiers'), 'NULL') = 'NULL' THEN '`identifiers` is missing'
        WHEN json_type(line, '$.identifiers') = 'OBJECT' THEN 'a type of identifier occurs twice'
        ELSE '`identifiers` must be an object of type: value' END
    WHEN len(identifiers) = 0 THEN 'no identifier'
    WHEN len(identifiers) > {MOST_IDENTIFIERS} THEN 'more than {MOST_IDENTIFIERS} identifiers'
    WHEN nested THEN 'the value of an identifier must be text, a number or a list of them'
    WHEN list_contains(map_keys(held), '') THEN 'the type of an identifier is empty'
    WHEN len(list_filter(map_keys(held), lambda t: contains(t, ':'))) > 0 THEN 'the type of an identifier holds a colon'
    WHEN vouched_json IS NOT NULL AND vouched IS NULL THEN '`vouched` must be a list of identifier types'
    {" ".join(_object(name) for name in OBJECTS)}
    WHEN {ODD} THEN '{IS_ODD}'
END"""

CHECK = f"""
WITH lines AS (
    SELECT row, line, json_valid(line) AS valid FROM block_lines
), parsed AS (
    SELECT row, line, valid,
        CASE WHEN valid THEN from_json(line, '{SHAPE}') END AS e,
        CASE WHEN valid THEN json_keys(line) END AS keys
    FROM lines
), fields AS (
    SELECT row, line, valid, keys,
        regexp_matches(line, '^\\s*\\{{') AS object,
        -- a key that is unknown, null or there twice; the exact answer is worth a second parse only then
        len(keys) <> {" + ".join(f"(e.{name} IS NOT NULL)::INT" for name in KNOWN)} AS surplus,
        e.source, e.message_id, upper(e.timestamp) AS stamp, e.channel, e.event,
        e.identifiers AS held, e.vouched::VARCHAR AS vouched_json,
        {", ".join(f"e.{name}::VARCHAR AS {name}" for name in OBJECTS)}
    FROM parsed
), values AS (
    SELECT *,
        CASE WHEN surplus THEN len(keys) <> len(list_distinct(keys)) ELSE false END AS twice,
        CASE WHEN surplus THEN nullif(json_merge_patch(line, '{WITHOUT_KNOWN}')::VARCHAR, '{{}}') END AS extra,
        list_filter(flatten(list_transform(map_entries(held), lambda x: CASE
            WHEN left(x.value::VARCHAR, 1) = '['
            THEN list_transform(from_json(x.value, '["JSON"]'), lambda v: {{'type': x.key, 'value': v::VARCHAR}})
            ELSE [{{'type': x.key, 'value': x.value::VARCHAR}}] END)), lambda p: p.value IS NOT NULL) AS pairs,
        CASE WHEN regexp_full_match(stamp, '{ISO_8601}') THEN stamp END AS iso,
        CASE WHEN regexp_full_match(vouched_json, '{LIST_OF_TEXT}')
            THEN from_json(vouched_json, '["VARCHAR"]') END AS vouched
    FROM fields
), events AS (
    SELECT row, line, valid, object, twice, source, message_id, stamp, channel, event, held, vouched_json, vouched,
        traits, properties, consent, extra,
        try_cast(iso AS TIMESTAMPTZ)::TIMESTAMP AS timestamp,
        len(list_filter(pairs, lambda p: p.value[1] = '[' OR p.value[1] = '{{')) > 0 AS nested,
        list_transform(pairs, lambda p: {{'type': p.type, 'value': CASE
            WHEN p.value[1] = '"' THEN p.value::JSON ->> '$' ELSE p.value END}}) AS identifiers
    FROM values
)
SELECT row, {REASON} AS reason, CASE WHEN reason = '{NOT_A_TIME}' THEN stamp END AS stamp,
    {KEY_SQL} AS {", ".join(GIVEN)}
FROM events
WHERE line IS NOT NULL
"""

GOOD = ["row", *GIVEN]
