"""Generations: what each full run found, as Parquet, beside the last one's. Only the layout is known here.

``folder/<run>/events.parquet``: the columns of a fact that questions ask for, plus ``event_id``, ``customer`` (number,
0 for nobody), ``reason`` (a code) and ``bears`` (the ids of its usable identifiers), sorted by (customer, timestamp,
source, message_id). ``bearing.npy``: identifier, moment (microseconds) and place (in events.parquet) of each sighting,
in this order. ``owners.arrow``: the few columns that say whose each event is, to be read where they lie. ``since.db``:
what came since.

A generation is written under a temporary name and put in place by one rename, before its run is published.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from knotwork_graph.errors import UnknownRunError
from knotwork_graph.facts.disk import disk_errors, sync

EVENTS = "events.parquet"
BEARING = "bearing.npy"
OWNERS = "owners.arrow"
SINCE = "since.db"
TEMPORARY = ".tmp"


class Generations:
    """The generations of one workspace, by run number."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def events(self, run: int) -> Path | None:
        """The events file of a run, or None where that generation was never written or is swept."""
        path = self.folder / str(run) / EVENTS
        return path if path.exists() else None

    def bearing(self, run: int) -> Path:
        """The file that leads from identifiers to the events of a run that bear them."""
        return self.folder / str(run) / BEARING

    def owners(self, run: int) -> Path:
        """The file of whose each event of a run is."""
        return self.folder / str(run) / OWNERS

    def since(self, run: int) -> Path:
        """The file of what came since a full run."""
        return self.folder / str(run) / SINCE

    def served(self, run: int) -> Path:
        """The events file of the run that readers see. Raises ``UnknownRunError`` where there is none."""
        path = self.events(run)
        if path is None:
            raise UnknownRunError("nothing is resolved yet. Run `knotwork resolve`.")
        return path

    @contextmanager
    def writing(self, run: int) -> Iterator[Path]:
        """A folder to write a generation into; it is put in place, durably, when the block ends well."""
        temporary, final = self.folder / f"{run}{TEMPORARY}", self.folder / str(run)
        with disk_errors(self.folder):
            shutil.rmtree(temporary, ignore_errors=True)
            temporary.mkdir(parents=True)
            yield temporary
            _sync(temporary)
            shutil.rmtree(final, ignore_errors=True)
            temporary.rename(final)

    def drop(self, run: int) -> None:
        """Remove the generation of a run, if there is one."""
        shutil.rmtree(self.folder / str(run), ignore_errors=True)

    def keep(self, runs: frozenset[int]) -> None:
        """Remove every generation but those of ``runs``."""
        wanted = {str(run) for run in runs}
        for path in self.folder.iterdir() if self.folder.exists() else ():
            if path.name not in wanted:
                shutil.rmtree(path, ignore_errors=True)


def _sync(folder: Path) -> None:
    """The files of ``folder``, and their names in it, survive a power cut."""
    for path in (*folder.iterdir(), folder):
        sync(path)
