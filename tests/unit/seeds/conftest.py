"""A made population of a thousand people, written once, with DuckDB looking at it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from knotwork_seeds import Generated, Population, generate

PEOPLE = 1000


@dataclass(frozen=True, slots=True)
class Made:
    folder: Path
    account: Generated
    lines: list[bytes]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The answer over the views `events`, `used` (event, type, raw), `truth_events` and `truth_identifiers`."""
        connection = duckdb.connect()
        connection.execute(
            "CREATE VIEW events AS SELECT *, CAST(timestamp AS TIMESTAMPTZ) AS time"
            f" FROM read_json('{self.folder}/events/*.jsonl', format='newline_delimited', columns={{source: 'VARCHAR',"
            " message_id: 'VARCHAR', timestamp: 'VARCHAR', channel: 'VARCHAR', event: 'VARCHAR', identifiers: 'JSON',"
            " vouched: 'VARCHAR[]', traits: 'JSON', properties: 'JSON', consent: 'JSON'})"
        )
        connection.execute(
            "CREATE VIEW used AS SELECT source, message_id, time, type, unnest(CASE json_type(identifiers->type)"
            " WHEN 'ARRAY' THEN CAST(identifiers->type AS VARCHAR[]) ELSE [identifiers->>type] END) AS raw"
            " FROM (SELECT *, unnest(json_keys(identifiers)) AS type FROM events)"
        )
        for name in ("truth_events", "truth_identifiers", "truth_people"):
            connection.execute(f"CREATE VIEW {name} AS FROM read_csv('{self.folder}/{name}.csv', all_varchar=true)")
        return connection.execute(query).fetchall()

    def one(self, query: str) -> Any:
        """The only value of the answer."""
        ((value,),) = self.rows(query)
        return value


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("made")
    account = generate(folder, Population(people=PEOPLE))
    lines = (folder / "events" / "part-00000.jsonl").read_bytes().splitlines()
    return Made(folder, account, lines)
