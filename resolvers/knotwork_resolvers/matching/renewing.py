"""Matching only those to whom something came since the last matching, by the model that there is."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from time import perf_counter
from typing import Any

import numpy as np
import pyarrow as pa

from knotwork_graph.policy import Policy
from knotwork_graph.proposals import KeptModel, MatchBook
from knotwork_resolvers.home import Home
from knotwork_resolvers.match.index import build_index, match_new
from knotwork_resolvers.match.matches import Matches, MatchReport
from knotwork_resolvers.match.model import Model
from knotwork_resolvers.match.records import Records, Values
from knotwork_resolvers.matching.gathering import Gathered, Since, gather
from knotwork_resolvers.matching.running import (
    Label,
    MatchRun,
    evidence_in,
    findings_of,
    kept_apart,
    lessons_of,
    settings_of,
    told,
)

MOST_FRESH = 5_000
"""Of more new records everybody is compared anew: it is the shorter way, and the weights may have changed."""


def match_fresh(
    home: Home,
    policy: Policy,
    book: MatchBook,
    labels: Sequence[Label] = (),
    tell: Callable[[str], None] | None = None,
) -> MatchRun | None:
    """Compare with all others those alone that events or identifiers came to; what is known of others stays.

    None where there is no model yet, or so much is new that everybody is to be compared. Households are told anew by a
    matching of everybody. O(records) to gather and index them, then some milliseconds for each new one.
    """
    kept = book.model()
    if kept is None:
        return None
    say = tell or (lambda _: None)
    say("gather the records")
    said = [*labels, *kept_apart(home)]
    about = frozenset(key for one in said for key in (one.a, one.b))
    gathered = gather(home, policy, about, Since(kept.run, json.loads(kept.report).get("newest", 0)))
    if len(gathered.fresh.records) > MOST_FRESH:
        return None
    say("compare the new ones")
    began = perf_counter()
    found = _found(gathered, policy, Model.from_json(kept.model), said)
    seconds = perf_counter() - began
    say("write down the evidence")
    new = findings_of(gathered, found, auto_join=policy.matching.auto_join)
    before, events = book.change(), book.adopted()
    book.refresh(_kept(kept, gathered), gathered.fresh.keys, new)
    strays = book.adopted() != events
    return told(gathered, found, new, changed=strays or book.change() != before, strays=strays, seconds=seconds)


def _found(gathered: Gathered, policy: Policy, model: Model, said: Sequence[Label]) -> Matches:
    """The pairs that have a fresh record in them, the likeliest first."""
    records, settings = evidence_in(gathered), settings_of(policy)
    index = build_index(records, model)
    empty = pa.table({"left": [], "right": [], "score": [], "weight": [], "band": []}, schema=PAIRS)
    rows = np.searchsorted(records.id, gathered.fresh.records).tolist()
    tables = [match_new(index, one_of(records, row), settings).cast(PAIRS) for row in rows]
    pairs = _allowed(pa.concat_tables([empty, *tables]), gathered, said)
    report = MatchReport(len(records), len(records), len(pairs), (), (), 0, ())
    return Matches(pairs, records.id, model, report)


PAIRS = pa.schema(
    [
        ("left", pa.int64()),
        ("right", pa.int64()),
        ("score", pa.float64()),
        ("weight", pa.float64()),
        ("band", pa.string()),
    ]
)


def _allowed(pairs: Any, gathered: Gathered, said: Sequence[Label]) -> Any:
    """Each pair once, without those that a person refused, the likeliest first."""
    lessons = lessons_of(gathered, said)
    refused = {
        (min(a, b), max(a, b))
        for a, b, same in zip(lessons.left.tolist(), lessons.right.tolist(), lessons.same.tolist(), strict=True)
        if not same
    }
    ends = list(zip(pairs["left"].to_pylist(), pairs["right"].to_pylist(), strict=True))
    first = {pair: row for row, pair in reversed(list(enumerate(ends))) if pair not in refused}
    chosen = pairs.take(pa.array(sorted(first.values()), pa.int64()))
    return chosen.sort_by([("score", "descending"), ("left", "ascending"), ("right", "ascending")])


def one_of(records: Records, row: int) -> Records:
    """One record by itself."""
    values = {}
    for kind, held in records.values.items():
        here = np.flatnonzero(held.row == row)
        if len(here):
            values[kind] = Values(np.zeros(len(here), np.int64), held.text.take(pa.array(here)))
    return Records(records.id[row : row + 1], values, records.roles)


def _kept(kept: KeptModel, gathered: Gathered) -> KeptModel:
    """The same model, having looked further."""
    report = json.loads(kept.report) | {"newest": gathered.newest}
    return replace(kept, run=gathered.run, records=len(gathered.records), report=json.dumps(report))
