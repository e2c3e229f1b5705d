"""The whole job as anybody does it: a file, its mapping, a workspace as `init` makes it; load, match, read who is who.

python -m benchmarks.accuracy.front_door fake_1000 febrl3     # the sets beside what the engine alone gives
"""

from __future__ import annotations

import csv
import io
import re
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time

import numpy as np

import knotwork
from benchmarks.accuracy import sets
from benchmarks.accuracy.evaluate import HEAD, JOIN, PROPOSE, Spent, line, ours, scored
from knotwork import Workspace
from knotwork.workspace.opening import init

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Door:
    """A file of records under the data folder, the mapping that reads it, and the column that names a row."""

    file: str
    mapping: str
    row: str
    delimiter: str = ","


DOORS = {
    "febrl1": Door("febrl/dataset1.csv", "febrl", "rec_id"),
    "febrl2": Door("febrl/dataset2.csv", "febrl", "rec_id"),
    "febrl3": Door("febrl/dataset3.csv", "febrl", "rec_id"),
    "fake_1000": Door("fake_1000/fake_1000.csv", "fake_1000", "unique_id"),
    "restaurants": Door("restaurants/restaurantProfiles.csv", "restaurants", "id", "|"),
}


def opened(folder: Path, file: Path, mapping: Path, *, joins: bool, propose_above: float = PROPOSE) -> Workspace:
    """A new workspace in ``folder`` with ``file`` loaded; of the policy two lines are changed."""
    init(folder)
    policy = folder / "knotwork.toml"
    text = policy.read_text(encoding="utf-8")
    for name, value in (("auto_join", str(joins).lower()), ("propose_above", str(propose_above))):
        text, said = re.subn(rf"(?m)^# {name} = [a-z0-9.]+", f"{name} = {value}", text)
        if said != 1:
            raise SystemExit(f"the policy that init writes has no line for {name}")
    policy.write_text(text, encoding="utf-8")
    workspace = knotwork.open(folder)
    workspace.load(file, mapping=mapping)
    return workspace


def owners(workspace: Workspace) -> dict[str, str]:
    """The customer of each event by its message id; an event of nobody is by itself."""
    out = io.BytesIO()
    workspace.export("events", "csv", out)
    rows = csv.DictReader(io.StringIO(out.getvalue().decode("utf-8")))
    return {row["message_id"]: row["customer_id"] or f"nobody's {row['message_id']}" for row in rows}


def by_the_door(name: str, folder: Path) -> np.ndarray:
    """The group of each row of a set, in the order of its file."""
    door = DOORS[name]
    mapping = HERE / "mappings" / f"{door.mapping}.toml"
    with opened(folder, sets.DATA / door.file, mapping, joins=True) as workspace:
        workspace.match()
        owner = owners(workspace)
    rows = sets.read(sets.DATA / door.file, door.delimiter)[door.row].to_pylist()
    return np.array([owner[row] for row in rows])


def main(names: list[str], tell: Callable[[str], object] = print) -> None:
    tell(HEAD)
    for name in names or list(DOORS):
        known = sets.SETS[name]()
        tell(line(known.name, "records alone", *ours(known, JOIN)))
        start, begun = perf_counter(), process_time()
        with tempfile.TemporaryDirectory() as folder:
            group = by_the_door(name, Path(folder) / "shop")
        spent = Spent(perf_counter() - start, process_time() - begun)
        tell(line(known.name, "load and match", scored(known.truth, group), spent))


if __name__ == "__main__":
    main(sys.argv[1:])
