"""The files of the generation that readers see, kept open from one look to the next."""

from __future__ import annotations

from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING

from knotwork_graph.since import SinceFile

if TYPE_CHECKING:
    from knotwork_graph.generations import Generations
    from knotwork_resolvers.opened.base import Base


class OpenGeneration:
    """Opens the files of one full run, and keeps them until another is asked for.

    ``turn`` is held while they are used.
    """

    def __init__(self, generations: Generations, scratch: Path) -> None:
        self._generations, self._scratch = generations, scratch
        self.turn = RLock()
        self._run = 0
        self._base: Base | None = None
        self._since: SinceFile | None = None

    def since(self, run: int) -> SinceFile:
        """The file of what came since a full run."""
        self._move_to(run)
        if self._since is None:
            self._since = SinceFile(
                self._generations.since(run), lambda places, columns: self.base(run).at(places, columns)
            )
        return self._since

    def base(self, run: int) -> Base:
        """The generation of a full run."""
        from knotwork_resolvers.opened.base import Base

        self._move_to(run)
        if self._base is None:
            self._base = Base(self._generations, run, self._scratch)
        return self._base

    def close(self) -> None:
        """Give back the files; they are opened again when they are needed again."""
        with self.turn:
            for part in (self._base, self._since):
                if part is not None:
                    part.close()
            self._base = self._since = None

    def _move_to(self, run: int) -> None:
        if run != self._run:
            self.close()
            self._run = run
