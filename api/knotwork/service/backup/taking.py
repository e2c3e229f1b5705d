"""Taking a backup while the workspace is served: all of one moment, or nothing.

Writers wait while what changes in place is copied (the databases and the journal of decisions). Files that are written
once and then only ever replaced (Parquet) get a second name in that time, and are copied when writers go on again.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from knotwork.service.backup import manifest
from knotwork_graph.errors import UsageError, WorkspaceError
from knotwork_graph.facts import disk_errors
from knotwork_graph.facts.disk import put_in_place, sync

ONCE = ".parquet"
ARCHIVE = ".tar"
GRAPH = "graph.db"
LEFT_OUT = frozenset({"lock", "scratch", "facts/keys", "facts/turn", "facts/turn.next", "segments/turn"})
"""What is of no use elsewhere, or is made again when it is missing, by its place in the data folder.

All else is kept, whoever wrote it: a file that nobody thought of here is in every backup.
"""
PASSING = (".tmp", ".new", ".lock")
"""What the names of files end in that are being written, or that stand for a turn."""

Copier = Callable[[Path], None]
"""Writes the graph, as of one moment, to the new file it is given; where there is no graph it writes none."""


@dataclass(frozen=True, slots=True)
class Source:
    """What is backed up: the policy file, what lies ``beside`` it, the data folder, and how to copy the graph.

    ``graph`` is the folder in which a restored workspace looks for it; ``server``: it comes from a server.
    """

    policy: Path
    data: Path
    graph: Path
    copy_graph: Copier
    beside: tuple[Path, ...] = ()
    server: bool = False


@dataclass(frozen=True, slots=True)
class BackedUp:
    """Where a backup is, and how much it holds."""

    path: Path
    files: int
    bytes: int


def back_up(source: Source, out: Path, turn: AbstractContextManager[None]) -> BackedUp:
    """Copy a workspace into the new folder ``out``, or one file where its name ends in ``.tar``.

    ``turn`` is the lock of whoever writes; it is held while databases are copied. Raises ``UsageError`` for a place
    that cannot be meant, ``WorkspaceBusyError``, ``DiskFullError``, ``StoreError``; then there is nothing at ``out``.
    """
    _refuse(source, out)
    with disk_errors(out.parent):
        stage = Path(mkdtemp(prefix=".knotwork-", dir=out.parent))
        links = Path(mkdtemp(prefix=".knotwork-", dir=source.data))  # on the disk of the files: a name costs nothing
        try:
            with turn:
                later = _gather(source, stage, links)
            for link, target in later:
                shutil.copyfile(link, target)
            entries = manifest.write(stage, server=source.server)
            _put(stage, out)
        finally:
            shutil.rmtree(links, ignore_errors=True)
            shutil.rmtree(stage, ignore_errors=True)
    return BackedUp(out, len(entries), sum(one.size for one in entries))


def _refuse(source: Source, out: Path) -> None:
    if out.exists():
        raise UsageError(f"{out} is there already. Name a new place: no backup is ever written over.")
    if not out.parent.is_dir():
        raise UsageError(f"{out.parent}: there is no such folder. Make it first, or write elsewhere.")
    if source.data.resolve() in out.resolve().parents:
        raise UsageError(f"{out} lies within the data of the workspace. Write the backup elsewhere.")
    if not source.data.is_dir():
        raise WorkspaceError(f"{source.data}: there is nothing to back up yet.")


def _gather(source: Source, stage: Path, links: Path) -> list[tuple[Path, Path]]:
    """Copy what changes in place; for the rest the second name of each file, and where to copy it to."""
    for path in (source.policy, *source.beside):
        kept = stage / path.relative_to(source.policy.parent)
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, kept)
    later: list[tuple[Path, Path]] = []
    for path in sorted(manifest.files_in(source.data)):
        place = path.relative_to(source.data)
        if _left_out(place) or path == source.graph / GRAPH:
            continue
        target = stage / source.data.name / place
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ONCE and _named(path, link := links / f"{len(later)}{ONCE}"):
            later.append((link, target))
        else:
            _copy(path, target)
    graph = stage / source.data.name / source.graph.relative_to(source.data) / GRAPH
    graph.parent.mkdir(parents=True, exist_ok=True)
    source.copy_graph(graph)
    return later


def _named(path: Path, link: Path) -> bool:
    """Whether a file now has a second name; a link to another disk, or a disk without such names, gives none."""
    try:
        os.link(path, link)
    except OSError:
        return False
    return True


def _left_out(place: Path) -> bool:
    hidden = any(part.startswith(".knotwork-") or part.endswith(PASSING) for part in place.parts)
    return hidden or not LEFT_OUT.isdisjoint({str(place), *map(str, place.parents)})


def _copy(path: Path, target: Path) -> None:
    """Copy one file that changes in place; who may read it stays as it is."""
    if path.suffix == ".db":
        with closing(sqlite3.connect(path)) as kept, closing(sqlite3.connect(target)) as copy:
            kept.backup(copy)
        shutil.copymode(path, target)
    else:
        shutil.copy(path, target)


def _put(stage: Path, out: Path) -> None:
    """Let the folder ``stage`` be at ``out``, durably, as it is or as one file."""
    for path in (*stage.rglob("*"), stage):
        sync(path)
    if out.suffix != ARCHIVE:
        stage.chmod(0o755)
        stage.rename(out)
        sync(out.parent)
        return
    import tarfile

    archive = stage.parent / f"{stage.name}{ARCHIVE}"
    try:
        with tarfile.open(archive, "w") as file:
            for path in sorted(manifest.files_in(stage)):
                file.add(path, str(path.relative_to(stage)))
        put_in_place(archive, out)
    finally:
        archive.unlink(missing_ok=True)
