"""Customer records of six systems in one file: exact identifiers, joins, and proposals accepted where they are true.

    python -m benchmarks.accuracy.vietnam                        # figures, and how many errors of each kind there are
    python -m benchmarks.accuracy.vietnam --examples errors.txt  # and twenty examples of each kind, in a file

A proposal is true where most records of both sides are one person's. Recall and precision are of pairs of records, all
of them: those of web visits too that show nothing but a cookie. The file of examples holds the records themselves.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from itertools import combinations
from pathlib import Path

import numpy as np

from benchmarks.accuracy import sets
from benchmarks.accuracy.evaluate import scored
from benchmarks.accuracy.front_door import HERE, opened, owners
from knotwork import Workspace
from knotwork_graph.model import customer_id
from knotwork_resolvers.evaluate.evaluation import Score
from knotwork_resolvers.run.guessed import is_stray

TOLD = 20
FILE, MAPPING = sets.DATA / "vietnam" / "dev_records.csv", HERE / "mappings" / "vietnam.toml"
SILENT = frozenset({"record_id", "source", "ts", "device_id", "cookie_id"})
Groups = Mapping[str, str]
Records = Mapping[str, Mapping[str, str]]
Errors = dict[str, list[tuple[int, str]]]
"""By kind: how many pairs of records each error is, and the records that it is of."""


def read() -> tuple[Records, dict[str, str], dict[str, str]]:
    """Each record by its id, with what it says; the person of each, and the home of each person."""
    folder = sets.DATA / "vietnam"
    rows = {row["record_id"]: row for row in sets.read(folder / "dev_records.csv").to_pylist()}
    truth = sets.read(folder / "dev_truth.csv").to_pylist()
    homes = {row["person_id"]: row["household"] for row in truth}
    return rows, {row["record_id"]: row["person_id"] for row in truth}, homes


def score(groups: Groups, truth: Mapping[str, str]) -> Score:
    """Agreement over pairs of records."""
    ids = sorted(truth)
    people = np.unique([truth[one] for one in ids], return_inverse=True)[1]
    return scored(people, np.array([groups[one] for one in ids]))


def line(what: str, found: Score) -> str:
    """A row of the table."""
    return f"| {what} | {found.precision:.4f} | {found.recall:.4f} |"


def sides(workspace: Workspace, owner: Groups) -> list[tuple[float, str, str]]:
    """Each proposal: its probability, and the groups of both of its sides."""
    members = {
        f"{row['type']}:{row['value']}": row["customer"] for row in workspace.home.store.member_rows().to_pylist()
    }

    def group(key: str) -> str:
        return owner[key.rpartition("/")[2]] if is_stray(key) else customer_id(members[key])

    return [(one.score, group(one.a), group(one.b)) for one in workspace.proposals()]


def accepted(owner: Groups, truth: Mapping[str, str], pairs: list[tuple[str, str]]) -> tuple[dict[str, str], int]:
    """The groups when every true pair of groups is one, and how many of the pairs are true."""
    people: dict[str, Counter[str]] = defaultdict(Counter)
    for record, group in owner.items():
        people[group][truth[record]] += 1
    most = {group: counts.most_common(1)[0][0] for group, counts in people.items()}
    true = [pair for pair in pairs if pair[0] in most and most.get(pair[0]) == most.get(pair[1])]
    first: dict[str, str] = {}

    def root(group: str) -> str:
        while group in first:
            group = first[group]
        return group

    for one, other in true:
        if (a := root(one)) != (b := root(other)):
            first[a] = b
    return {record: root(group) for record, group in owner.items()}, len(true)


def says(records: Records, group: list[str]) -> str:
    """What the records of a group say of a person, as the name of a kind of group."""
    said = {name for one in group for name, value in records[one].items() if value} - SILENT
    if not said:
        return "a cookie or a device alone"
    masked = all("*" in (records[one]["phone"] or "") for one in group)
    return "a masked number" if masked else "a name" if "name" in said else "no name"


def ceiling(owner: Groups, records: Records, truth: Mapping[str, str]) -> dict[str, str]:
    """Groups without a mistake: each person's records in one, but for what only shows a cookie or a device."""
    parts: dict[tuple[str, str], list[str]] = defaultdict(list)
    for record, group in owner.items():
        parts[(group, truth[record])].append(record)
    silent = "a cookie or a device alone"
    return {
        record: f"{group} {person}" if says(records, held) == silent else person
        for (group, person), held in parts.items()
        for record in held
    }


def missed(groups: Groups, records: Records, truth: Mapping[str, str]) -> Errors:
    """The true pairs of groups that stay apart, by kind: how many pairs of records each is, and what they say."""
    people: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for record, group in groups.items():
        people[truth[record]][group].append(record)
    found: Errors = defaultdict(list)
    for parts in people.values():
        for one, other in combinations(parts.values(), 2):
            kind = " and ".join(sorted((says(records, one), says(records, other))))
            found[kind].append((len(one) * len(other), "\n".join(map(shown(records), (one, other)))))
    return found


def mistaken(
    groups: Groups, before: Groups, records: Records, truth: Mapping[str, str], homes: Mapping[str, str]
) -> Errors:
    """Two people in one group, by kind: whether they were one ``before`` matching, and whether they share a home."""
    found: Errors = defaultdict(list)
    for people in by_group(groups, truth).values():
        for (one, mine), (other, theirs) in combinations(sorted(people.items()), 2):
            whose = "two of one home" if homes[one] == homes[other] else "strangers"
            linked = {before[record] for record in mine} & {before[record] for record in theirs}
            kind = f"{whose}, {'linked exactly' if linked else 'joined by matching'}"
            found[kind].append((len(mine) * len(theirs), "\n".join(map(shown(records), (mine, theirs)))))
    return found


def misled(
    owner: Groups,
    pairs: list[tuple[float, str, str]],
    records: Records,
    truth: Mapping[str, str],
    homes: Mapping[str, str],
) -> Errors:
    """The proposals of two people, by kind; an error is one proposal."""
    held = by_group(owner, truth)
    most = {group: max(people, key=lambda one: len(people[one])) for group, people in held.items()}
    found: Errors = defaultdict(list)
    for chance, *ends in sorted(pairs, reverse=True):
        if len({most.get(end) for end in ends}) > 1:
            whose = "two of one home" if len({homes.get(most.get(end, ""), end) for end in ends}) == 1 else "strangers"
            texts = [shown(records)([record for some in held[end].values() for record in some]) for end in ends]
            found[f"{whose}, proposed"].append((1, f"    {chance:.1%}\n" + "\n".join(texts)))
    return found


def by_group(groups: Groups, truth: Mapping[str, str]) -> dict[str, dict[str, list[str]]]:
    """The records of each person in each group."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for record, group in groups.items():
        found[group][truth[record]].append(record)
    return found


def shown(records: Records) -> Callable[[list[str]], str]:
    """What makes a text of a group."""

    def text(group: list[str]) -> str:
        said = {" / ".join(value for name, value in records[one].items() if value and name != "ts") for one in group}
        return "    " + "\n    ".join(sorted(said)) + "\n"

    return text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=Path)
    parser.add_argument("--lowest", type=float, default=0.015)
    asked = parser.parse_args()
    records, truth, homes = read()
    print("| | precision | recall |\n|---|---|---|")
    exact, joined = with_joins(truth)
    owner, pairs = with_proposals(asked.lowest)
    best = dict(owner)
    for least in (0.5, asked.lowest):
        some = [(one, other) for chance, one, other in pairs if chance >= least]
        best, true = accepted(owner, truth, some)
        print(line(f"proposals from {least}, {len(some) / max(true, 1):.2f} for each true one", score(best, truth)))
    print(line("a matcher that makes no mistake", score(ceiling(owner, records, truth), truth)))
    told = {f"missed, {kind}": some for kind, some in missed(best, records, truth).items()}
    told |= {f"false, {kind}": some for kind, some in mistaken(joined, exact, records, truth, homes).items()}
    told |= {f"false, {kind}": some for kind, some in misled(owner, pairs, records, truth, homes).items()}
    kinds = sorted(told.items(), key=lambda each: (each[0][0], -sum(size for size, _ in each[1])))
    for kind, found in kinds:
        print(f"{kind}: {sum(size for size, _ in found)} {'proposals' if 'proposed' in kind else 'pairs of records'}")
    if asked.examples:
        texts = [f"== {kind}\n" + "\n".join(text for _, text in some_of(found)) for kind, found in kinds]
        asked.examples.write_text("\n".join(texts), encoding="utf-8")


def with_joins(truth: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The groups of the records by exact identifiers, and with joins; prints how good either is."""
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder), FILE, MAPPING, joins=True) as workspace:
        workspace.resolve()
        exact = owners(workspace)
        print(line("exact identifiers, recommended policy", score(exact, truth)))
        workspace.match()
        joined = owners(workspace)
        print(line("joined from 0.95", score(joined, truth)))
    return exact, joined


def with_proposals(lowest: float) -> tuple[dict[str, str], list[tuple[float, str, str]]]:
    """The groups of the records by exact identifiers, and the proposals from ``lowest`` between them."""
    folder = tempfile.TemporaryDirectory()
    with folder as where, opened(Path(where), FILE, MAPPING, joins=False, propose_above=lowest) as workspace:
        workspace.match()
        owner = owners(workspace)
        return owner, sides(workspace, owner)


def some_of(found: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """At most ``TOLD`` errors, spread over all of them from the smallest to the largest."""
    ordered = sorted(found)
    return [ordered[place] for place in np.unique(np.linspace(0, len(ordered) - 1, TOLD).astype(int)).tolist()]


if __name__ == "__main__":
    main()
