"""Where a Neo4j server is, who we are there, and how long we wait for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from knotwork_graph.errors import StoreError

USER, PASSWORD, PASSWORD_FILE = "KNOTWORK_GRAPH_USER", "KNOTWORK_GRAPH_PASSWORD", "KNOTWORK_GRAPH_PASSWORD_FILE"


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds until we give up: to connect, to try a transaction again, for one look-up, for one statement in bulk."""

    connect: float = 10.0
    retry: float = 15.0
    look: float = 30.0
    bulk: float = 3600.0


@dataclass(frozen=True, slots=True)
class Address:
    """A server and a database on it; the password is in no representation of it."""

    url: str
    user: str = "neo4j"
    password: str = field(default="", repr=False)
    database: str = "neo4j"
    patience: Patience = Patience()


def address_of(url: str, database: str, environ: Mapping[str, str]) -> Address:
    """The address with the user and password that the environment, or a file named there, gives.

    Raises ``StoreError`` where there is no password.
    """
    password = environ.get(PASSWORD) or _from_file(environ.get(PASSWORD_FILE, ""))
    if not password:
        raise StoreError(
            f"{url}: no password for this Neo4j server. Set {PASSWORD}, or let {PASSWORD_FILE} name a file that "
            "holds it."
        )
    return Address(url, environ.get(USER) or "neo4j", password, database)


def _from_file(name: str) -> str:
    if not name:
        return ""
    try:
        return Path(name).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"{PASSWORD_FILE} names {name}, which cannot be read: {error}. Check the file.") from error
