"""Tables for other programs: whole populations through DuckDB, into a file or a stream."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from types import MappingProxyType
from typing import TYPE_CHECKING, BinaryIO

from knotwork.service import profile_tables
from knotwork.service.columns import UTC_TEXT, id_sql
from knotwork_graph.errors import UsageError
from knotwork_graph.facts import disk_errors
from knotwork_graph.policy import Policy, suggestion

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from knotwork_resolvers.home import Home

Made = Callable[["DuckDBPyConnection", "Home", Policy], str]
"""Makes the query for a table, and registers what it reads."""
FORMS = {
    "csv": "(FORMAT csv, HEADER)",
    "jsonl": "(FORMAT json, ARRAY false)",
    "parquet": "(FORMAT parquet, COMPRESSION zstd)",
}


def export_rows(
    home: Home,
    policy: Policy,
    what: str,
    form: str,
    out: str | Path | BinaryIO,
    *,
    more: Mapping[str, Made] = MappingProxyType({}),
) -> int:
    """Write the table ``what`` as ``form`` to ``out``; how many rows it had. ``more`` are tables that others make.

    A file is put in place when it is complete. Raises ``UsageError`` for a table or form there is none of.
    """
    tables = {**TABLES, **more}
    if what not in tables:
        raise UsageError(f"there is no table {what}. {suggestion(what, list(tables))} Known: {', '.join(tables)}.")
    if form not in FORMS:
        raise UsageError(f"there is no form {form}. Known: {', '.join(FORMS)}.")
    from knotwork_resolvers.engine import engine

    with engine(home.scratch) as connection:
        query = tables[what](connection, home, policy)
        if isinstance(out, str | Path):
            return _to_file(connection, query, form, Path(out))
        return _to_stream(connection, query, form, out, home.scratch)


def _to_file(connection: DuckDBPyConnection, query: str, form: str, out: Path) -> int:
    if not out.parent.is_dir():
        raise UsageError(f"{out.parent}: there is no such folder. Make it first, or write elsewhere.")
    with disk_errors(out.parent), NamedTemporaryFile(dir=out.parent, prefix=".knotwork-", delete=False) as temporary:
        try:
            rows = _copy(connection, query, form, Path(temporary.name))
            Path(temporary.name).chmod(0o644)
            Path(temporary.name).replace(out)
        except BaseException:  # whatever it was goes on up, but no half-written file stays
            with suppress(OSError):
                Path(temporary.name).unlink()
            raise
    return rows


def _to_stream(connection: DuckDBPyConnection, query: str, form: str, out: BinaryIO, scratch: Path) -> int:
    with disk_errors(scratch), NamedTemporaryFile(dir=scratch) as temporary:
        rows = _copy(connection, query, form, Path(temporary.name))
        with Path(temporary.name).open("rb") as written:
            shutil.copyfileobj(written, out, 1 << 20)
        out.flush()
    return rows


def _copy(connection: DuckDBPyConnection, query: str, form: str, path: Path) -> int:
    from knotwork_resolvers.engine import quoted

    target = quoted(path)
    return int(connection.execute(f"COPY ({query}) TO '{target}' {FORMS[form]}").fetchall()[0][0])


def _members(connection: DuckDBPyConnection, home: Home, _: Policy) -> str:
    return (
        f"SELECT {id_sql('customer')} AS customer_id, type, value, status, nullif(reason, '') AS reason"
        f" FROM {seen_members(connection, home)} ORDER BY customer = 0, customer, type, value"
    )


def seen_members(connection: DuckDBPyConnection, home: Home) -> str:
    """What stands after FROM: all identifiers that readers see, with their customers; it can be read once."""
    connection.register("members", home.store.member_parts())
    run = home.store.run(home.store.state().current)
    seen = " WHERE customer > 0 OR reason <> ''" if run is not None and run.past else ""  # the others came later
    return f"(SELECT * FROM members{seen})"


def _events(connection: DuckDBPyConnection, home: Home, policy: Policy) -> str:
    from knotwork_resolvers.generation.population import everybody

    reasons = _reason_sql()
    moment = UTC_TEXT.format('"timestamp"')
    return (
        f'SELECT source, message_id, {moment} AS "timestamp", {id_sql("customer")} AS customer_id, {reasons} AS reason'
        f' FROM {everybody(connection, home, policy)} ORDER BY customer = 0, customer, "timestamp", source, message_id'
    )


def _severed(connection: DuckDBPyConnection, home: Home, _: Policy) -> str:
    connection.register("severed", home.store.severed_rows())
    return "SELECT least(a, b) AS a, greatest(a, b) AS b, rule, detail FROM severed ORDER BY a, b"


def _changes(connection: DuckDBPyConnection, home: Home, _: Policy) -> str:
    from knotwork_resolvers.identity import ChangeCode

    connection.register("changes", home.store.change_rows())
    kinds = " ".join(f"WHEN {code.value} THEN '{code.name.lower()}'" for code in ChangeCode)
    return (
        f"SELECT run, CASE kind {kinds} END AS kind, {id_sql('customer')} AS customer_id,"
        f" {id_sql('other')} AS other_id, identifiers, cause FROM changes ORDER BY run, changes.kind, customer, other"
    )


def _customers(connection: DuckDBPyConnection, home: Home, policy: Policy) -> str:
    from knotwork_resolvers.generation.population import everybody

    connection.register("owners", home.store.owner_parts())
    first, last = UTC_TEXT.format("e.first_seen"), UTC_TEXT.format("e.last_seen")
    return (
        f"SELECT {id_sql('m.customer')} AS customer_id, m.identifiers, coalesce(e.events, 0) AS events,"
        f" {first} AS first_seen, {last} AS last_seen"
        " FROM (SELECT customer, count(*) AS identifiers FROM owners GROUP BY customer) AS m"
        ' LEFT JOIN (SELECT customer, count(*) AS events, min("timestamp") AS first_seen, max("timestamp") AS last_seen'
        f" FROM {everybody(connection, home, policy)} GROUP BY customer) AS e ON e.customer = m.customer"
        " ORDER BY m.customer"
    )


TABLES: dict[str, Made] = {
    "members": _members,
    "events": _events,
    "customers": _customers,
    "severed": _severed,
    "changes": _changes,
    "profiles": profile_tables.everybody,
    "known": profile_tables.known,
    "anonymous": profile_tables.anonymous,
    "claims": profile_tables.claims,
}


def _reason_sql() -> str:
    from knotwork_resolvers.ownership.reasons import REASONS

    words = " ".join(f"WHEN {code.value} THEN '{text.replace(chr(39), chr(39) * 2)}'" for code, text in REASONS.items())
    return f"CASE reason {words} END"
