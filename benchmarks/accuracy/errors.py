"""The errors on a set with known answers, with the evidence of each pair: which were missed, which joined falsely.

    python -m benchmarks.accuracy.errors fake_1000 restaurants     # twenty of each kind and set
    python -m benchmarks.accuracy.errors febrl2 --most 5

What it prints holds the records themselves. The records of several systems have kinds of their own: see ``vietnam``.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from itertools import combinations

import numpy as np

from benchmarks.accuracy.evaluate import JOIN
from benchmarks.accuracy.sets import SETS, KnownSet
from knotwork_resolvers.match import Matches, MatchSettings, match
from knotwork_resolvers.match.columns import prepare
from knotwork_resolvers.match.evidence import evidence_of

TOLD = 20
Pairs = list[tuple[int, int]]


def together(label: np.ndarray) -> Iterator[tuple[int, int]]:
    """Each pair of rows with one label, the smaller row first."""
    order = np.argsort(label, kind="stable")
    for part in np.split(order, np.flatnonzero(np.diff(label[order])) + 1):
        yield from combinations(sorted(part.tolist()), 2)


def errors(truth: np.ndarray, group: np.ndarray) -> tuple[Pairs, Pairs]:
    """The pairs of one person that are apart, and the pairs of two people that are together."""
    missed = [pair for pair in together(truth) if group[pair[0]] != group[pair[1]]]
    return missed, [pair for pair in together(group) if truth[pair[0]] != truth[pair[1]]]


def told(known: KnownSet, found: Matches, pairs: Pairs) -> Iterator[str]:
    """Both records of each pair, and the evidence in words."""
    if not pairs:
        return
    left, right = np.array(pairs).T
    why = evidence_of(prepare(known.records()), left, right, found.model)
    for one, other, evidence in zip(left.tolist(), right.tolist(), why, strict=True):
        rows = [known.table.slice(row, 1).to_pylist()[0] for row in (one, other)]
        texts = [" / ".join(f"{kind}: {value}" for kind, value in row.items() if value) for row in rows]
        yield "\n".join(f"    {text}" for text in (*texts, f"-> {evidence.in_words()}"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="+", choices=SETS)
    parser.add_argument("--most", type=int, default=TOLD)
    asked = parser.parse_args()
    for name in asked.sets:
        known = SETS[name]()
        found = match(known.records(), MatchSettings(join_above=JOIN))
        for kind, pairs in zip(("missed", "joined falsely"), errors(known.truth, found.group), strict=True):
            print(f"== {known.name}, {kind}: {len(pairs)} pairs")
            print(*told(known, found, pairs[: asked.most]), sep="\n\n")


if __name__ == "__main__":
    main()
