"""The list of what a backup holds: a name, a size and a checksum for each file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import Any

from knotwork_graph.errors import StoreError

NAME = "backup.json"
FORM = 1
LITTER = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside an open file. A copy needs none of it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a backup."""

    name: str
    size: int
    sha256: str


def listed(folder: Path) -> tuple[Entry, ...]:
    """The files in ``folder`` by name, each read once."""
    return tuple(_entry(folder, path) for path in sorted(files_in(folder)) if path.name != NAME)


def files_in(folder: Path) -> Iterator[Path]:
    """All files below a folder, but what SQLite leaves beside them."""
    return (path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(LITTER))


def write(folder: Path, *, server: bool = False) -> tuple[Entry, ...]:
    """Write the list of what ``folder`` holds into it; the list. ``server``: its graph was on one."""
    entries = listed(folder)
    files = {one.name: {"size": one.size, "sha256": one.sha256} for one in entries}
    made = datetime.now(UTC).isoformat(timespec="seconds")
    words = {"form": FORM, "knotwork": version("knotwork"), "made": made, "server": server, "files": files}
    (folder / NAME).write_text(json.dumps(words, indent=1), encoding="utf-8")
    return entries


def check(folder: Path) -> tuple[str, bool, tuple[Entry, ...]]:
    """When the backup in ``folder`` was made, whether its graph was on a server, and its files, each compared.

    Raises ``StoreError`` naming the first file that is not as it was written.
    """
    words = _read(folder)
    told = tuple(Entry(name, one["size"], one["sha256"]) for name, one in sorted(words["files"].items()))
    found = {one.name: one for one in listed(folder)}
    for one in told:
        if found.get(one.name) != one:
            what = "is missing" if one.name not in found else "is not as it was written"
            raise StoreError(f"{one.name} {what}: this backup is damaged. Use another one.")
    return str(words["made"]), bool(words.get("server")), told


def _read(folder: Path) -> dict[str, Any]:
    try:
        words: dict[str, Any] = json.loads((folder / NAME).read_text(encoding="utf-8"))
        form = words["form"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(f"this is no backup of a workspace: it has no {NAME} that can be read.") from error
    if form != FORM:
        raise StoreError("this backup was made by a newer Knotwork. Upgrade to restore it.")
    return words


def _entry(folder: Path, path: Path) -> Entry:
    with path.open("rb") as file:
        checksum = hashlib.file_digest(file, "sha256").hexdigest()
    return Entry(str(PurePosixPath(path.relative_to(folder))), path.stat().st_size, checksum)
