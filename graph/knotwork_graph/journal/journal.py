"""Appending records so that they outlive a power cut, and reading them back.

Line n of the file holds record n. A line counts once it is whole: one that a crash tore off has no line end, was never
acknowledged, and is cut off before the next record is written. Only the holder of the workspace's lock appends.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from knotwork_graph.errors import StoreError
from knotwork_graph.facts.disk import disk_errors, put_in_place, sync
from knotwork_graph.journal.lines import line_of, record_of
from knotwork_graph.model import Recorded

BLOCK = 65_536


class Journal:
    """The decisions of a workspace in ``path``, one JSON line each, by number from 1."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self, after: int = 0) -> tuple[Recorded, ...]:
        """The records above the number ``after``, by number. O(file); lines up to ``after`` are not looked into.

        Raises ``StoreError`` for a line that is no record, or that bears another number than its own.
        """
        with disk_errors(self.path.parent):
            return tuple(self._record(place, line) for place, line in self._lines(after))

    def count(self) -> int:
        """How many records there are; O(file) in compiled code, and nothing is looked into."""
        if not self.path.exists():
            return 0
        with disk_errors(self.path.parent), self.path.open("rb") as file:
            return sum(block.count(b"\n") for block in iter(lambda: file.read(BLOCK), b""))

    def last(self, number: int) -> Recorded | None:
        """The last record, which bears ``number``, None where there is none; reads the end of the file alone."""
        end = self._whole() if self.path.exists() else 0
        if not end:
            return None
        with disk_errors(self.path.parent), self.path.open("rb") as file:
            kept, start = b"", end
            while start and b"\n" not in kept[:-1]:
                size = min(BLOCK, start)
                start -= size
                file.seek(start)
                kept = file.read(size) + kept
        return self._record(number, kept[:-1].rpartition(b"\n")[2] + b"\n")

    def append(self, records: Sequence[Recorded]) -> None:
        """Keep ``records``, whose numbers go on from the last one; when this returns they are on the disk.

        Raises ``StoreError`` for any other number, ``DiskFullError`` where there is no room (then nothing counts).
        """
        if not records:
            return
        with disk_errors(self.path.parent):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            fresh = not self.path.exists()
            whole = 0 if fresh else self._whole()
            self._expect(records)
            self._write("".join(map(line_of, records)).encode(), whole)
            if fresh:
                sync(self.path.parent)

    def rewrite(self, records: Sequence[Recorded]) -> None:
        """Keep ``records``, all there are, in the place of what is there, which must be as many; the file at once.

        For an erasure alone: what was decided stays, and whom it named goes. Raises ``StoreError``.
        """
        if not self.path.exists():
            return
        with disk_errors(self.path.parent):
            if self.count() != len(records):
                raise StoreError(
                    f"{self.path} holds {self.count()} records, and the graph {len(records)}. Run it again."
                )
            temporary = self.path.with_suffix(".tmp")
            temporary.write_text("".join(line_of(replace(one, undone_by=0)) for one in records), encoding="utf-8")
            put_in_place(temporary, self.path)

    def _lines(self, after: int) -> Iterator[tuple[int, bytes]]:
        """The whole lines above ``after`` with their numbers."""
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            for place, line in enumerate(islice(file, after, None), after + 1):
                if line.endswith(b"\n"):
                    yield place, line

    def _record(self, place: int, line: bytes) -> Recorded:
        try:
            found = record_of(line)
        except ValueError as error:
            raise StoreError(
                f"{self.path}: line {place} is no record of a decision ({error}). Restore the file from a backup."
            ) from error
        if found.number != place:
            raise StoreError(
                f"{self.path}: line {place} bears the number {found.number}. A line was lost or added by hand; "
                "restore the file from a backup."
            )
        return found

    def _expect(self, records: Sequence[Recorded]) -> None:
        """Refuse numbers that do not go on from the last line: two writers, or a file that was swapped."""
        lines = self.count()
        if [one.number for one in records] != list(range(lines + 1, lines + 1 + len(records))):
            raise StoreError(
                f"{self.path} holds {lines} records, and number {records[0].number} cannot follow. "
                "Run the command again; if it says so again, restore the file from a backup."
            )

    def _whole(self) -> int:
        """How many bytes of the file are whole lines; reads its end alone."""
        with self.path.open("rb") as file:
            end = file.seek(0, os.SEEK_END)
            while end:
                start = max(0, end - BLOCK)
                file.seek(start)
                found = file.read(end - start).rfind(b"\n")
                if found >= 0:
                    return start + found + 1
                end = start
        return 0

    def _write(self, lines: bytes, whole: int) -> None:
        """Put ``lines`` behind the first ``whole`` bytes; where the disk refuses, what was there stands again."""
        with self.path.open("ab") as file:
            file.truncate(whole)
            try:
                file.write(lines)
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                file.truncate(whole)
                raise
