"""Times as a table writes them, as SQL."""

from __future__ import annotations

from collections.abc import Sequence

from knotwork_resolvers.loading.check_sql import CLOCK, quoted

NAIVE = rf"\d{{4}}-\d\d-\d\d([Tt ]{CLOCK})?"
COUNTED = {"epoch": 1_000_000, "epoch_ms": 1_000}
"""Times as a count since 1970 in UTC, and how many microseconds one of it is."""
COUNT = r"\d{1,14}(\.\d{1,6})?"


def time_sql(text: str, zone: str, formats: Sequence[str] = ()) -> str:
    """SQL for a time as text in ISO 8601; one without an offset is moved from ``zone`` to UTC, what is no time stays.

    ``formats`` are tried before ISO 8601, the first that fits counts.
    """
    iso = _iso(text, zone)
    tried = [_counted(text, one) if one in COUNTED else _written(text, one, zone) for one in formats]
    return f"coalesce({', '.join([*tried, iso])})" if tried else iso


def _iso(text: str, zone: str) -> str:
    if zone == "UTC":
        return text
    moved = f"timezone({quoted(zone)}, try_cast({text} AS TIMESTAMP))::VARCHAR"
    return f"CASE WHEN regexp_full_match({text}, '{NAIVE}') THEN coalesce({moved}, {text}) ELSE {text} END"


def _written(text: str, form: str, zone: str) -> str:
    return f"timezone({quoted(zone)}, try_strptime({text}, {quoted(form)}))::VARCHAR"


def _counted(text: str, unit: str) -> str:
    micros = f"(try_cast({text} AS DECIMAL(24, 6)) * {COUNTED[unit]})::BIGINT"
    return f"CASE WHEN regexp_full_match({text}, '{COUNT}') THEN timezone('UTC', make_timestamp({micros}))::VARCHAR END"
