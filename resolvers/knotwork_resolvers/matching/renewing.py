"""Matching only those to whom something came since the last matching, by the model that there is."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np

from knotwork_graph.model import Identifier
from knotwork_graph.policy import Policy
from knotwork_graph.proposals import Adopted, Findings, KeptModel, MatchBook, Matched, Proposal
from knotwork_resolvers.home import Home
from knotwork_resolvers.match.evidence import evidence_of
from knotwork_resolvers.match.index import meet
from knotwork_resolvers.match.match import bits_of
from knotwork_resolvers.match.model import probability
from knotwork_resolvers.match.scoring import scored
from knotwork_resolvers.matching.evidence import Waterfall, waterfall
from knotwork_resolvers.matching.recent import MOST_FRESH, Recent, Since, changed_customers, recent
from knotwork_resolvers.matching.running import (
    JOIN,
    PROPOSE,
    Label,
    MatchRun,
    evidence_in,
    kept_apart,
    settings_of,
    told,
)
from knotwork_resolvers.matching.shelved import Shelved, kept_model, shelved
from knotwork_resolvers.run.guessed import is_stray


@dataclass(frozen=True, slots=True)
class Judged:
    """Two records by their keys, in order, and what is thought of them; ``sure``: they are to be joined.

    ``stray``: the event (its id) that is one of them, where the other is a customer.
    """

    a: str
    b: str
    why: Waterfall
    sure: bool
    stray: int = 0


def match_fresh(
    home: Home,
    policy: Policy,
    book: MatchBook,
    labels: Sequence[Label] = (),
    tell: Callable[[str], None] | None = None,
) -> MatchRun | None:
    """Compare with all others those alone that events or identifiers came to; what is known of others stays.

    None where there is no model or no index yet, or so much is new that everybody is to be compared. Households are
    told anew by a matching of everybody. O(what changed since that one): some milliseconds for each.
    """
    kept, model = book.model(), kept_model(book)
    found = None if model is None else shelved(book, model)
    if kept is None or found is None:
        return None
    say = tell or (lambda _: None)
    say("gather the new records")
    customers = changed_customers(home, policy, found.made)
    if len(customers) > MOST_FRESH:
        return None
    looked = Since(kept.run, json.loads(kept.report).get("newest", 0))
    new = recent(home, policy, found.made, looked, customers, found.index.roles)
    say("compare the new ones")
    began = perf_counter()
    judged = _judged(found, new, policy)
    apart = _kept_apart(home, [*labels, *kept_apart(home)], new.about)
    allowed = [one for one in judged if frozenset({_whose(home, one.a), _whose(home, one.b)}) not in apart]
    findings = _findings(allowed, policy, kept.version)
    seconds = perf_counter() - began
    before, events = book.change(), book.adopted()
    book.refresh(_looked(kept, new, looked), new.about, findings)
    strays = book.adopted() != events
    return told(
        kept.version,
        findings,
        records=len(found.keys),
        compared=len(judged),
        changed=strays or book.change() != before,
        strays=strays,
        seconds=seconds,
    )


def _judged(found: Shelved, new: Recent, policy: Policy) -> list[Judged]:
    """The pairs that have a wanted record in them and are likely enough, the likeliest first."""
    index, settings = found.index, settings_of(policy)
    met = meet(index, evidence_in(new.gathered), new.wanted, found.rows(new.gone))
    pairs = scored(met.prepared, met.left, met.right, index.model, bits_of(settings.propose_above))
    order = np.argsort(-pairs.score, kind="stable")
    left, right = pairs.left[order], pairs.right[order]
    likely = probability(pairs.score[order]) >= settings.join_above
    ids = np.append(new.gathered.records.id, index.id[met.known])
    keys = [*new.gathered.keys.to_pylist(), *(found.keys[row].as_py() for row in met.known.tolist())]
    evidence = evidence_of(met.prepared, left, right, index.model)
    judged = []
    for one, other, why, sure in zip(left.tolist(), right.tolist(), evidence, likely.tolist(), strict=True):
        a, b = sorted((keys[one], keys[other]))
        low, high = sorted((int(ids[one]), int(ids[other])))
        judged.append(Judged(a, b, waterfall(why), sure and not why.apart, -low if low < 0 < high else 0))
    return judged


def _kept_apart(home: Home, said: Sequence[Label], about: frozenset[str]) -> set[frozenset[int | str]]:
    """Whom people keep apart: the customers (of an event its key) of each refused pair that has one of ``about``."""
    refused = (one for one in said if not one.same and (one.a in about or one.b in about))
    return {frozenset({_whose(home, one.a), _whose(home, one.b)}) for one in refused}


def _whose(home: Home, key: str) -> int | str:
    """The customer who holds a key; an event without one is itself."""
    return key if is_stray(key) else home.store.customer_of(Identifier.parse(key)) or key


def _findings(judged: Sequence[Judged], policy: Policy, version: str) -> Findings:
    """Proposals, and where the policy joins, joined pairs and adopted events; a joined pair is not proposed as well."""
    joins = [one for one in judged if one.sure and policy.matching.auto_join]
    asked = [one for one in judged if one not in joins]
    held = [one for one in joins if not (is_stray(one.a) or is_stray(one.b))]
    matched = [Matched(one.a, one.b, one.why.score, version) for one in held]
    adopted: dict[int, Adopted] = {}
    for one in joins:  # the likeliest come first
        if one.stray and one.stray not in adopted:
            key = one.b if is_stray(one.a) else one.a
            adopted[one.stray] = Adopted(one.stray, key, one.why.score, version)
    proposals = [
        Proposal(one.a, one.b, one.why.score, one.why.total, JOIN if one.sure else PROPOSE, one.why.to_json())
        for one in asked
    ]
    return Findings(proposals, matched, list(adopted.values()))


def _looked(kept: KeptModel, new: Recent, before: Since) -> KeptModel:
    """The same model, having looked further."""
    newest = max(new.gathered.newest, before.event)
    report = json.loads(kept.report) | {"newest": newest}
    return replace(kept, run=new.gathered.run, report=json.dumps(report))
