"""One matching: customers become records, the engine scores them, and the book keeps what it found."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow.compute as pc

from knotwork_graph.model import DecisionKind, in_force
from knotwork_graph.policy import Policy
from knotwork_graph.proposals import Adopted, Findings, KeptModel, MatchBook, Matched, Proposal
from knotwork_resolvers.home import Home
from knotwork_resolvers.identity.resolution import Ints
from knotwork_resolvers.match.columns import Prepared, prepare
from knotwork_resolvers.match.index import index_of
from knotwork_resolvers.match.match import match
from knotwork_resolvers.match.matches import Lessons, Matches
from knotwork_resolvers.match.records import Floats, Records
from knotwork_resolvers.match.settings import MatchSettings
from knotwork_resolvers.matching.evidence import Waterfall, waterfalls
from knotwork_resolvers.matching.gathering import SHARED_PHONE, Gathered, gather
from knotwork_resolvers.matching.households import households
from knotwork_resolvers.matching.recent import Since
from knotwork_resolvers.matching.shelved import clear, shelve
from knotwork_resolvers.matching.sides import numbers

JOIN, PROPOSE = "join", "propose"


@dataclass(frozen=True, slots=True)
class Label:
    """What a person said of two identifier keys: whether they are one person's."""

    a: str
    b: str
    same: bool


@dataclass(frozen=True, slots=True)
class MatchRun:
    """What one matching did: how many records it compared, and how many pairs it proposes and joins.

    ``adopted``: events without an identifier that it gave to somebody; ``changed``: whether joins came or went, and
    ``strays`` whether such events did; ``seconds`` is the time that comparing took.
    """

    model: str
    records: int
    compared: int
    proposals: int
    likely: int
    joined: int
    adopted: int
    changed: bool
    strays: bool
    seconds: float


def match_everybody(
    home: Home,
    policy: Policy,
    book: MatchBook,
    labels: Sequence[Label] = (),
    tell: Callable[[str], None] | None = None,
) -> MatchRun:
    """Compare all customers anew; what is found stands in the book instead of what an older model found.

    Raises ``UnknownRunError`` where nothing is resolved yet. Joins take effect with the next run.
    """
    say = tell or (lambda _: None)
    say("gather the records")
    said = [*labels, *kept_apart(home)]
    gathered = gather(home, policy, frozenset(key for one in said for key in (one.a, one.b)))
    say("compare them")
    records = evidence_in(gathered)
    ready = prepare(records)
    found = match(records, settings_of(policy), lessons_of(gathered, said), prepared=ready)
    say("write down the evidence")
    kept = findings_of(gathered, ready, found, auto_join=policy.matching.auto_join)
    kept = replace(kept, living=households(gathered, _rows(gathered, found)))
    before, events = book.change(), book.adopted()
    clear(book)  # an index stands for what the book says, or there is none
    book.replace(_model(gathered, found), kept)
    strays = book.adopted() != events
    say("keep them ready for new ones")
    index = index_of(records, ready, found.model)
    shelve(book, index, gathered.keys, Since(gathered.run, gathered.newest))
    return told(
        found.model.version,
        kept,
        records=len(gathered.records),
        compared=found.report.pairs,
        changed=strays or book.change() != before,
        strays=strays,
        seconds=sum(taken for _, taken in found.report.seconds),
    )


def evidence_in(gathered: Gathered) -> Records:
    """The records without what says nothing of one person."""
    values = {kind: one for kind, one in gathered.records.values.items() if kind != SHARED_PHONE}
    return replace(gathered.records, values=values)


def settings_of(policy: Policy) -> MatchSettings:
    """The thresholds of the policy."""
    return MatchSettings(propose_above=policy.matching.propose_above, join_above=policy.matching.join_above)


def kept_apart(home: Home) -> list[Label]:
    """The pairs that a steward keeps apart: refused for ever, whatever they score."""
    decisions = in_force(home.store.decisions())
    return [Label(one.a, one.b, same=False) for one in decisions if one.kind is DecisionKind.CANNOT_LINK and one.b]


def lessons_of(gathered: Gathered, labels: Iterable[Label]) -> Lessons:
    """What people said, by record; words on identifiers of one record, or on unknown ones, teach nothing."""
    named = gathered.named
    known = {
        (*sorted((named[one.a], named[one.b])), one.same)
        for one in labels
        if one.a in named and one.b in named and named[one.a] != named[one.b]
    }
    rows = sorted(known)
    left, right = (np.array([row[side] for row in rows], np.int64) for side in (0, 1))
    return Lessons(left, right, np.array([row[2] for row in rows], np.bool_))


def findings_of(gathered: Gathered, ready: Prepared, found: Matches, *, auto_join: bool) -> Findings:
    """Proposals and, with ``auto_join``, joined pairs, in keys; joined ones are not proposed as well."""
    table = found.pairs
    left, right = _rows(gathered, found).T
    joins = np.asarray(table["band"].to_numpy(zero_copy_only=False) == JOIN) & auto_join
    joined = _joined(gathered, found, left[joins], right[joins], numbers_of(table, "score")[joins])
    asked = np.flatnonzero(~joins)
    adopted = _adopted(gathered, found) if auto_join else []
    why = waterfalls(ready, left[asked], right[asked], found.model)
    return Findings(_proposals(gathered, found, left[asked], right[asked], asked, why), joined, adopted)


def _rows(gathered: Gathered, found: Matches) -> Ints:
    """Both rows of each pair that was found."""
    ends = [np.searchsorted(gathered.records.id, numbers(found.pairs, name)) for name in ("left", "right")]
    return np.column_stack(ends)


def numbers_of(table: Any, name: str) -> Floats:
    """A column of real numbers as an array."""
    return np.asarray(table[name].to_numpy(), np.float64)


def _proposals(
    gathered: Gathered, found: Matches, left: Ints, right: Ints, rows: Ints, evidence: Iterable[Waterfall]
) -> list[Proposal]:
    keys = gathered.keys
    scores = numbers_of(found.pairs, "score")
    bands = found.pairs["band"]
    made = []
    for row, one, other, why in zip(rows.tolist(), left.tolist(), right.tolist(), evidence, strict=True):
        a, b = sorted((keys[one].as_py(), keys[other].as_py()))
        made.append(Proposal(a, b, round(float(scores[row]), 6), why.total, bands[row].as_py(), why.to_json()))
    return made


def _joined(gathered: Gathered, found: Matches, left: Ints, right: Ints, scores: Floats) -> list[Matched]:
    """The pairs of customers that are joined; stray events have no identifier to hold on to."""
    strays = gathered.records.id < 0
    both = ~strays[left] & ~strays[right]
    matched = []
    for one, other, score in zip(left[both].tolist(), right[both].tolist(), scores[both].tolist(), strict=True):
        a, b = sorted((gathered.keys[one].as_py(), gathered.keys[other].as_py()))
        matched.append(Matched(a, b, round(score, 6), found.model.version))
    return matched


def _adopted(gathered: Gathered, found: Matches) -> list[Adopted]:
    """Each stray event whose likeliest joined pair is with a customer, and that customer's key.

    Strays that are joined with each other alone stay nobody's: there is no identifier to hold them together.
    """
    table = found.pairs.filter(pc.equal(found.pairs["band"], JOIN))
    place = {int(one): row for row, one in enumerate(gathered.records.id)}
    made: dict[int, Adopted] = {}
    for one, other, score in zip(*(table[name].to_pylist() for name in ("left", "right", "score")), strict=True):
        if one < 0 < other and -one not in made:  # the likeliest come first, and the left id is the smaller one
            made[-one] = Adopted(-one, gathered.keys[place[other]].as_py(), round(score, 6), found.model.version)
    return [made[event] for event in sorted(made)]


def _model(gathered: Gathered, found: Matches) -> KeptModel:
    report = asdict(found.report) | {"weights": weights_of(found), "prior": round(found.model.prior_bits(), 2)}
    report |= {"learned": found.model.learned, "newest": gathered.newest}
    return KeptModel(
        version=found.model.version,
        at=datetime.now(UTC),
        run=gathered.run,
        records=len(gathered.records),
        model=found.model.to_json(),
        report=json.dumps(report),
    )


def weights_of(found: Matches) -> list[dict[str, Any]]:
    """What each level of each trait weighs, in bits, as a table for people."""
    return [
        {
            "trait": one.kind,
            "compared_as": one.role,
            "levels": [
                {"words": words, "weight": round(float(np.log2(m / u)), 2)}
                for words, m, u in zip(one.labels(), one.m, one.u, strict=True)
            ],
        }
        for one in found.model.weights
    ]


def told(
    version: str, kept: Findings, *, records: int, compared: int, changed: bool, strays: bool, seconds: float
) -> MatchRun:
    """What one matching did, for people."""
    return MatchRun(
        model=version,
        records=records,
        compared=compared,
        proposals=len(kept.proposals),
        likely=sum(one.band == JOIN for one in kept.proposals),
        joined=len(kept.matched),
        adopted=len(kept.adopted),
        changed=changed,
        strays=strays,
        seconds=round(seconds, 2),
    )
