"""The bare minimum, for comparison: DuckDB and scipy from event files to customers, two Parquet files and no more.

It reads the same JSON lines, normalises the same identifiers (lower case, digits), joins what was seen together, and
writes who belongs to whom and every customer's events in order. No checks, no duplicates found, no rejects, no limits,
no history, no stable ids: what a data engineer would write in an afternoon.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

EVENTS = """
CREATE TEMP TABLE events AS SELECT row_number() OVER () AS event_id, * FROM read_json('{files}',
    format = 'newline_delimited', columns = {{source: 'VARCHAR', message_id: 'VARCHAR', timestamp: 'TIMESTAMPTZ',
    channel: 'VARCHAR', event: 'VARCHAR', identifiers: 'MAP(VARCHAR, JSON)', traits: 'JSON', properties: 'JSON'}})
"""
SIGHTINGS = """
CREATE TEMP TABLE sightings AS
SELECT event_id, kind, CASE kind WHEN 'email' THEN lower(trim(value))
    WHEN 'phone' THEN regexp_replace(value, '[^0-9]', '', 'g')
    WHEN 'device' THEN lower(value) ELSE value END AS value
FROM (SELECT event_id, entry.key AS kind, unnest(CASE WHEN json_type(entry.value) = 'ARRAY'
        THEN from_json(entry.value, '["VARCHAR"]') ELSE [entry.value ->> '$'] END) AS value
    FROM (SELECT event_id, unnest(map_entries(identifiers)) AS entry FROM events))
"""
IDENTIFIERS = """
CREATE TEMP TABLE identifiers AS
SELECT (row_number() OVER () - 1)::BIGINT AS id, kind, value FROM (SELECT DISTINCT kind, value FROM sightings)
"""
SEEN = """
CREATE TEMP TABLE seen AS SELECT s.event_id, i.id FROM sightings AS s JOIN identifiers AS i USING (kind, value)
"""
EDGES = """
SELECT a.id AS a, b.id AS b, count(*) AS n FROM seen AS a JOIN seen AS b ON a.event_id = b.event_id AND a.id < b.id
GROUP BY ALL
"""
MEMBERS = """
COPY (SELECT c.customer, i.kind, i.value FROM identifiers AS i JOIN customers AS c USING (id))
TO '{out}/members.parquet'
"""
JOURNEYS = """
COPY (SELECT o.customer, e.* FROM events AS e LEFT JOIN (
        SELECT event_id, min(c.customer) AS customer FROM seen AS s JOIN customers AS c USING (id)
        GROUP BY event_id) AS o
    USING (event_id) ORDER BY o.customer, e.timestamp) TO '{out}/events.parquet'
"""


def main(files: str, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        connection.execute("SET preserve_insertion_order = false")
        connection.execute(f"SET temp_directory = '{out}/scratch'")
        for query in (EVENTS.format(files=files), SIGHTINGS, IDENTIFIERS, SEEN):
            connection.execute(query)
        count = connection.execute("SELECT count(*) FROM identifiers").fetchall()[0][0]
        edges = connection.sql(EDGES).to_arrow_table()
        ends = (edges["a"].to_numpy(), edges["b"].to_numpy())
        matrix = coo_array((np.ones(len(edges), np.int8), ends), shape=(count, count))
        customers = pa.table({"id": np.arange(count), "customer": connected_components(matrix, directed=False)[1]})
        connection.register("customers", customers)
        for query in (MEMBERS, JOURNEYS):
            connection.execute(query.format(out=out))
    print(f"{count:,} identifiers, {len(edges):,} edges")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
