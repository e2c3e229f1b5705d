"""Making a workspace of a backup."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from knotwork.service.backup import manifest
from knotwork_graph.errors import StoreError, UsageError
from knotwork_graph.facts import disk_errors
from knotwork_graph.facts.disk import sync


@dataclass(frozen=True, slots=True)
class Restored:
    """Where the workspace is, when its backup was made, and how much it holds.

    ``server``: its graph was on a server, and lies in the workspace now.
    """

    folder: Path
    made: str
    files: int
    bytes: int
    server: bool = False


def restore(backup: Path, folder: Path) -> Restored:
    """Make the new workspace ``folder`` of a backup (a folder or a ``.tar``), each file compared with its checksum.

    Raises ``UsageError`` for a place that holds something, ``StoreError`` for a backup that is damaged or none; then
    nothing is left behind.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} holds something already. Name a new folder: nothing is ever written over.")
    if not backup.exists():
        raise UsageError(f"{backup}: there is no such backup.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with disk_errors(folder.parent):
        stage = Path(mkdtemp(prefix=".knotwork-", dir=folder.parent))
        try:
            _unpack(backup, stage)
            made, server, entries = manifest.check(stage)
            _put(stage, folder)
        finally:
            shutil.rmtree(stage, ignore_errors=True)
    return Restored(folder, made, len(entries), sum(one.size for one in entries), server)


def _unpack(backup: Path, stage: Path) -> None:
    """The files of a backup, in ``stage``."""
    if backup.is_dir():
        shutil.copytree(backup, stage, dirs_exist_ok=True)
        return
    import tarfile

    try:
        with tarfile.open(backup) as file:
            file.extractall(stage, filter="data")  # refuses names that lead out of the folder
    except tarfile.TarError as error:
        raise StoreError(f"{backup} is no backup, or is damaged: it cannot be unpacked. Use another one.") from error


def _put(stage: Path, folder: Path) -> None:
    """Let ``stage`` be the workspace at ``folder``, durably."""
    (stage / manifest.NAME).unlink()
    for path in (*stage.rglob("*"), stage):
        sync(path)
    stage.chmod(0o755)
    stage.replace(folder)
    sync(folder.parent)
