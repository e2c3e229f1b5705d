"""Rows of the desk's tables as values."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from knotwork_graph.desk.case import Case, CaseKind, CaseState, Finding, Waiting
from knotwork_graph.model import from_micros


def slots(values: Sequence[str]) -> str:
    """The places that ``values`` take in a statement."""
    return ", ".join("?" * len(values))


def case_of(row: Sequence[Any], now: datetime) -> Case:
    """A row of ``schema.COLUMNS``; a claim that has run out by ``now`` is none."""
    number, kind, a, b, source, grounds, score, detail, customers, identifiers, events, orders, last_seen, harm = row[
        :14
    ]
    state, opened, changed, revision, decided_by, answer, decisions, claimed_by, claimed_until, because = row[14:]
    until = from_micros(claimed_until) if claimed_until else None
    claimed = until is not None and until > now
    return Case(
        number=number,
        finding=Finding(
            kind=CaseKind(kind),
            about=tuple(one for one in (a, b) if one),
            source=source,
            grounds=tuple(grounds.split()),
            score=score,
            detail=detail,
            customers=tuple(json.loads(customers)),
            identifiers=identifiers,
            events=events,
            orders=orders,
            last_seen=last_seen,
            harm=harm,
        ),
        state=CaseState(state),
        opened=from_micros(opened),
        changed=from_micros(changed),
        revision=revision,
        decided_by=decided_by,
        answer=answer,
        decisions=tuple(json.loads(decisions)),
        claimed_by=claimed_by if claimed else "",
        claimed_until=until if claimed else None,
        closed_because=because,
    )


def waiting_of(row: Sequence[Any]) -> Waiting:
    """A row of ``schema.WAITING_COLUMNS``."""
    number, by, at, why, said, reason, state, cases, answer, decided_by, decided_at, decisions = row
    return Waiting(
        number,
        by,
        from_micros(at),
        tuple(json.loads(why)),
        said,
        reason,
        state,
        tuple(json.loads(cases)),
        answer,
        decided_by,
        from_micros(decided_at) if decided_at else None,
        tuple(json.loads(decisions)),
    )
