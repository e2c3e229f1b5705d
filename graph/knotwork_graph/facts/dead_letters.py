"""Dead letters: rows that were refused, kept with the reason so that people can mend and replay them.

They hold what the row held, personal data too, so only their owner may read the files.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from knotwork_graph.errors import InputError
from knotwork_graph.facts.disk import disk_errors, put_in_place
from knotwork_graph.facts.segment import TEMPORARY

OWNER_ONLY = 0o600


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One refused row: where it stood, the reason in words, and the row as text or as JSON."""

    file: str
    line: int
    reason: str
    row: Any


class DeadLetterFile:
    """A file of dead letters, made when the first one comes and put in place, durably, by ``close``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path: Path | None = None
        self._handle: IO[str] | None = None

    def __enter__(self) -> DeadLetterFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def write(self, letters: Iterable[DeadLetter]) -> None:
        """Nothing comes back; ``letters`` are in the file, and durable once it is closed."""
        with disk_errors(self.folder):
            for letter in letters:
                self._open().write(_line(letter))

    def close(self) -> None:
        """Nothing comes back; what was written is on the disk under its final name. Doing it twice is harmless."""
        if self._handle is None or self.path is None:
            return
        with disk_errors(self.folder):
            self._handle.close()
            self._handle = None
            put_in_place(_temporary(self.path), self.path)

    def _open(self) -> IO[str]:
        """The open file; the first call makes it."""
        if self._handle is None:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.path = _free_name(self.folder)
            handle = os.open(_temporary(self.path), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY)
            self._handle = os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace", newline="\n")
        return self._handle


def read_dead_letters(path: Path) -> Iterator[DeadLetter]:
    """The letters of the file ``path``, in order. Raises ``InputError`` where it is missing, or a line is none."""
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield _letter(path, number, line)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise InputError(
            f"{path}: cannot read these dead letters: {reason}. Give a file of the dead_letters folder."
        ) from error


def rewrite_dead_letters(path: Path, letters: Iterable[DeadLetter]) -> None:
    """Nothing comes back; the file ``path`` holds ``letters`` and nothing else, durably; without any it is gone."""
    lines = "".join(map(_line, letters))
    if not lines:
        path.unlink(missing_ok=True)
        return
    handle = os.open(_temporary(path), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY)
    with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
        file.write(lines)
    put_in_place(_temporary(path), path)


def _letter(path: Path, number: int, line: str) -> DeadLetter:
    """The letter that one line holds."""
    try:
        fields = json.loads(line)
        return DeadLetter(str(fields["file"]), int(fields["line"]), str(fields["reason"]), fields["row"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        wanted = 'an object with "file", "line", "reason" and "row"'
        raise InputError(
            f"{path}, line {number}: this is no dead letter; each line is {wanted}. Mend it and try again."
        ) from error


def _line(letter: DeadLetter) -> str:
    """One line of JSON for one letter."""
    fields = {"file": letter.file, "line": letter.line, "reason": letter.reason, "row": letter.row}
    return json.dumps(fields, ensure_ascii=False) + "\n"


def _free_name(folder: Path) -> Path:
    """A name of the form ``<utc time>-<n>.jsonl`` that neither a letter nor a replayed one has."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    number = 1
    while any(folder.glob(f"{stamp}-{number}.jsonl*")):
        number += 1
    return folder / f"{stamp}-{number}.jsonl"


def _temporary(path: Path) -> Path:
    """The name under which ``path`` is written until it is complete."""
    return path.with_name(path.name + TEMPORARY)
