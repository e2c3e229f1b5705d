"""Where reports lie: ``folder/<run>/`` with ``report.json``, ``.md`` and ``.html``; for a held run also what it found.

Beside them ``metrics.prom`` tells the newest one to Prometheus, whose node exporter takes such files up.

A report is written under a temporary name before its run is published or held, and put in place after. What a killed
job left is put in place, or thrown away, by the next one: the run itself says which.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from knotwork_graph.errors import UnknownRunError
from knotwork_graph.facts import disk_errors
from knotwork_graph.facts.disk import put_in_place
from knotwork_graph.model import Run
from knotwork_resolvers.nightly.markdown import as_markdown
from knotwork_resolvers.nightly.metrics import Metric, as_text, metrics_of
from knotwork_resolvers.nightly.page import as_html
from knotwork_resolvers.nightly.report import Report, as_json, from_json

if TYPE_CHECKING:
    from knotwork_graph.ports import GraphStore
    from knotwork_resolvers.identity.resolution import Ints

TEMPORARY = ".tmp"
MEMBERS = "members.parquet"
KEPT_HELD = 3
LOOKED_AT = 50
"""So many reports are looked through for one of a run that was published."""
METRICS = "metrics.prom"
FORMS = {"json": "report.json", "md": "report.md", "html": "report.html"}


class Shelf:
    """The reports of one workspace, by run number."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def place(self, run: int) -> Path:
        """The folder of a run's report, whether there is one or not."""
        return self.folder / str(run)

    def prepare(self, report: Report, members: tuple[Ints, Ints] | None = None) -> None:
        """Write a report where nobody looks yet; ``members``: of a held run, identifiers (ids) and their customers."""
        waiting = self.folder / f"{report.run}{TEMPORARY}"
        with disk_errors(self.folder):
            shutil.rmtree(waiting, ignore_errors=True)
            waiting.mkdir(parents=True)
            for form, render in (("json", as_json), ("md", as_markdown), ("html", as_html)):
                (waiting / FORMS[form]).write_text(render(report), encoding="utf-8")
            if members is not None:
                _write_members(waiting / MEMBERS, *members)

    def settle(self, store: GraphStore) -> None:
        """Put in place what waits for runs that are there now, and throw the rest away."""
        for waiting in self.folder.glob(f"*{TEMPORARY}") if self.folder.exists() else ():
            number = int(waiting.name.removesuffix(TEMPORARY))
            if _belongs(waiting, store.run(number)):
                with disk_errors(self.folder):
                    shutil.rmtree(self.place(number), ignore_errors=True)
                    waiting.rename(self.place(number))
            else:
                shutil.rmtree(waiting, ignore_errors=True)
        self._sweep()
        self._measure()

    def report(self, run: int) -> Report | None:
        """The report of a run; None where there is none, or one that another version wrote."""
        return _read(self.place(run) / FORMS["json"])

    def text(self, run: int, form: str) -> str:
        """A report as it was written. Raises ``UnknownRunError`` where there is none."""
        path = self.place(run) / FORMS[form]
        if not path.exists():
            raise UnknownRunError(f"run {run} has no report: `knotwork recompute` writes one for each run it makes.")
        return path.read_text(encoding="utf-8")

    def metrics(self) -> tuple[Metric, ...]:
        """The numbers of the newest report; none where there is no report that can be read."""
        newest, published = self.newest()
        return () if newest is None else metrics_of(newest, published)

    def newest(self) -> tuple[Report | None, Report | None]:
        """The newest report, and the newest of a run that was published."""
        folders = self.folder.iterdir() if self.folder.exists() else ()
        numbers = sorted((int(one.name) for one in folders if one.name.isdecimal()), reverse=True)
        reports = [one for one in map(self.report, numbers[:LOOKED_AT]) if one is not None]
        published = (one for one in reports if one.state == "published")
        return (reports[0] if reports else None), next(published, None)

    def members(self, run: int) -> tuple[Ints, Ints] | None:
        """What a held run found: identifiers (ids, ascending) and their customers; None where it is kept no more."""
        path = self.place(run) / MEMBERS
        if not path.exists():
            return None
        import pyarrow.parquet as pq

        found = pq.read_table(path)
        return np.asarray(found["identifier"].to_numpy(), np.int64), np.asarray(found["customer"].to_numpy(), np.int64)

    def _measure(self) -> None:
        """Tell the newest report as metrics, in a file that is there whole or not at all."""
        found = self.metrics()
        if found:
            with disk_errors(self.folder):
                waiting = self.folder / f"{METRICS}.new"
                waiting.write_text(as_text(found), encoding="utf-8")
                put_in_place(waiting, self.folder / METRICS)

    def _sweep(self) -> None:
        """Keep what the newest held runs found; the reports stay."""
        found = sorted(self.folder.glob(f"*/{MEMBERS}"), key=lambda path: int(path.parent.name), reverse=True)
        for path in found[KEPT_HELD:]:
            path.unlink()


def _belongs(waiting: Path, run: Run | None) -> bool:
    """Whether a report that waits is that of the run which bears its number: one begun later may bear it too."""
    report = None if run is None else _read(waiting / FORMS["json"])
    return report is not None and run is not None and report.started == run.started


def _read(path: Path) -> Report | None:
    """The report in a file; None where there is none, or it was cut off, or written by another version."""
    try:
        return from_json(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def _write_members(path: Path, identifiers: Ints, customers: Ints) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"identifier": identifiers, "customer": customers}), path, compression="zstd")
