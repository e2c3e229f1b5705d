"""The queries that turn events into sightings and edges, whole segments at a time."""

from __future__ import annotations

MOST_IDENTIFIERS = 20
"""An event with more usable identifiers than this makes no edges."""


RAW = """
CREATE TEMP TABLE raw AS
SELECT event_id, epoch_us("timestamp") AS moment, source, raw.type AS type, raw.value AS value,
    coalesce(list_contains(vouched, raw.type), false) AS vouched, several
FROM (
    SELECT event_id, "timestamp", source, vouched, len(identifiers) > 1 AS several, unnest(identifiers) AS raw
    FROM read_parquet($paths) WHERE $until IS NULL OR epoch_us("timestamp") <= $until)
"""

DISTINCT_VALUES = "SELECT type, value FROM (SELECT DISTINCT type, value FROM raw) ORDER BY type"

IDENTIFIERS = """
CREATE TEMP TABLE identifiers AS
SELECT (row_number() OVER (ORDER BY type, normal) - 1)::BIGINT AS identifier, * FROM (
    SELECT type, normal, min(status) AS status, coalesce(arg_min(reason, status), '') AS reason
    FROM verdicts GROUP BY type, normal)
"""

NAMES = """
CREATE TEMP TABLE names AS
SELECT v.type, v.value, i.identifier, v.status = 0 AS usable
FROM verdicts AS v JOIN identifiers AS i ON i.type = v.type AND i.normal = v.normal
"""

SIGHTINGS = """
CREATE TEMP TABLE sightings AS
SELECT raw.event_id, n.identifier, n.usable, raw.moment, raw.source, raw.vouched, raw.several
FROM raw JOIN names AS n ON n.type = raw.type AND n.value = raw.value
"""

FIGURES = """
SELECT i.type, i.normal AS value, i.status::TINYINT AS status, i.reason,
    f.events, f.first_seen, f.last_seen
FROM identifiers AS i LEFT JOIN (
    SELECT identifier, count(*) AS events, min(moment) AS first_seen, max(moment) AS last_seen FROM (
        SELECT identifier, moment FROM sightings WHERE NOT (several AND usable)
        UNION ALL SELECT identifier, moment FROM many)
    GROUP BY identifier) AS f ON f.identifier = i.identifier
ORDER BY i.identifier
"""

SOURCE_CODES = """
CREATE TEMP TABLE source_codes AS
SELECT (row_number() OVER (ORDER BY source) - 1)::BIGINT AS code, source FROM (SELECT DISTINCT source FROM sightings)
"""

MANY = """
CREATE TEMP TABLE many AS
SELECT s.event_id, s.identifier, any_value(s.moment) AS moment, any_value(c.code) AS source,
    bool_or(s.vouched) AS vouched
FROM sightings AS s JOIN source_codes AS c ON c.source = s.source
WHERE s.several AND s.usable GROUP BY s.event_id, s.identifier
"""

CROWDED = f"""
CREATE TEMP TABLE crowded AS
SELECT DISTINCT event_id FROM (
    SELECT event_id FROM many GROUP BY event_id HAVING count(*) > {MOST_IDENTIFIERS}
    UNION ALL
    SELECT m.event_id FROM many AS m JOIN identifiers AS i ON i.identifier = m.identifier
    WHERE list_contains($single, i.type) GROUP BY m.event_id, i.type HAVING count(*) > 1)
"""

EDGES = """
SELECT a.identifier AS a, b.identifier AS b, count(*) AS count,
    count(*) FILTER (a.vouched OR b.vouched) AS vouched, min(a.moment) AS first_seen, max(a.moment) AS last_seen,
    bit_or(1::BIGINT << least(a.source, 62)) AS sources
FROM many AS a JOIN many AS b ON a.event_id = b.event_id AND a.identifier < b.identifier
WHERE a.event_id NOT IN (SELECT event_id FROM crowded)
GROUP BY a.identifier, b.identifier
"""

USABLE = "SELECT event_id, identifier FROM sightings WHERE usable ORDER BY event_id"

TRAITS = """
SELECT DISTINCT s.identifier, $trait AS trait, (md5_number_lower(folded) >> 1)::BIGINT AS value_hash
FROM (
    SELECT event_id, replace(strip_accents(lower(trim(json_extract_string(traits, $path)))), 'đ', 'd') AS folded
    FROM read_parquet($paths) WHERE traits IS NOT NULL AND ($until IS NULL OR epoch_us("timestamp") <= $until)) AS e
JOIN sightings AS s ON s.event_id = e.event_id JOIN identifiers AS i ON i.identifier = s.identifier
WHERE folded <> '' AND s.usable AND list_contains($types, i.type)
"""
