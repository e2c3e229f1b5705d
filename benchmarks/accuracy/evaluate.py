"""Pairwise precision, recall and F1 on sets with known answers, one configuration for all, beside Splink in one run.

    python -m benchmarks.accuracy.evaluate                    # the sets that are there
    python -m benchmarks.accuracy.evaluate fake_1000 febrl3   # some
    python -m benchmarks.accuracy.evaluate --alone            # without Splink

Seconds are by the clock and of the processor (children's too), which say more while a machine does other things.
Splink is installed into an environment of its own, in ``.venv-splink`` of this folder, on the first run.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.accuracy.sets import DATA, SETS, KnownSet, made_people
from benchmarks.environments import environment
from knotwork_resolvers.evaluate.agreement import contingency, pairwise
from knotwork_resolvers.evaluate.evaluation import Score
from knotwork_resolvers.match import MatchSettings, match

HERE = Path(__file__).parent
SPLINK = "splink>=5,<6"
HEAD = "| set | who | precision | recall | F1 | seconds | of the processor |\n|---|---|---|---|---|---|---|"
JOIN, PROPOSE = MatchSettings().join_above, MatchSettings().propose_above


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds by the clock and of the processor."""

    clock: float
    processor: float


def scored(truth: np.ndarray, group: np.ndarray) -> Score:
    """Agreement over pairs."""
    return pairwise(contingency(truth.astype(np.int64), np.unique(group, return_inverse=True)[1].astype(np.int64)))


def ours(known: KnownSet, threshold: float) -> tuple[Score, Spent]:
    """Our score and seconds, joining from ``threshold``; the records are at hand, as they are for Splink."""
    records = known.records()
    start, begun = perf_counter(), process_time()
    found = match(records, MatchSettings(join_above=threshold, propose_above=min(threshold, PROPOSE)))
    spent = Spent(perf_counter() - start, process_time() - begun)
    return scored(known.truth, found.group), spent


def splinks(known: KnownSet, python: Path) -> tuple[Score, Spent]:
    """Splink's score and seconds on the same records."""
    with tempfile.TemporaryDirectory() as folder:
        records, clusters = Path(folder) / "records.parquet", Path(folder) / "clusters.parquet"
        pq.write_table(known.table, records)
        command = [python, HERE / "splink_side.py", records, clusters]
        said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        found = pq.read_table(clusters).sort_by("id")
    names = found["cluster_id"].cast(pa.string()).to_numpy(zero_copy_only=False)
    return scored(known.truth, names.astype(str)), Spent(*map(float, said.split()[-2:]))


def line(name: str, who: str, score: Score, spent: Spent) -> str:
    """A row of the table."""
    figures = f"{score.precision:.4f} | {score.recall:.4f} | {score.f1:.4f}"
    return f"| {name} | {who} | {figures} | {spent.clock:.1f} | {spent.processor:.1f} |"


def main(asked: list[str]) -> None:
    names = [name for name in asked if not name.startswith("-")] or list(SETS)
    python = None if "--alone" in asked else environment(HERE / ".venv-splink", SPLINK)
    print(HEAD)
    match(made_people(150).records(), MatchSettings())  # loads what matching needs, as Splink is loaded before its time
    for name in names:
        if not name.startswith("made") and not DATA.exists():
            print(f"{name}: there is no folder {DATA}; name it in KNOTWORK_SHARED_DATA", file=sys.stderr)
            continue
        known = SETS[name]()
        print(line(known.name, f"Knotwork, from {JOIN}", *ours(known, JOIN)), flush=True)
        print(line(known.name, f"Knotwork, from {PROPOSE}", *ours(known, PROPOSE)), flush=True)
        if python is not None:
            print(line(known.name, "Splink 5, from 0.5", *splinks(known, python)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
