"""The history of one identifier."""

from __future__ import annotations

from collections.abc import Sequence

from knotwork_graph.model import Identifier, Status, customer_id, from_micros
from knotwork_graph.ports import GraphReader, Memberships, PastChange, Publications
from knotwork_resolvers.identity.resolution import ChangeCode, StatusCode
from knotwork_resolvers.past.history import IdentifierHistory, Period
from knotwork_resolvers.past.spans import NONE, SENT_BACK, Span, moment, sent_back, spans_of


def identifier_history(store: GraphReader, identifier: Identifier) -> IdentifierHistory:
    """Whose ``identifier`` was from when to when, as readers saw it; O(publications)."""
    rows, published = store.history(identifier), store.publications()
    spans = spans_of(rows.from_run, rows.to_run, published)
    owners = [0 if one.row == NONE else int(rows.customer[one.row]) for one in spans]
    before, runs = [0, *owners][: len(owners)], [run_of(one, rows, published) for one in spans]
    changes = store.changes_of([*zip(runs, owners, strict=True), *zip(runs, before, strict=True)])
    periods = [
        period(one, rows, published, change_between(changes, run, owner, previous))
        for one, run, owner, previous in zip(spans, runs, owners, before, strict=True)
    ]
    return IdentifierHistory(identifier.key, tuple(periods))


def period(span: Span, rows: Memberships, published: Publications, change: tuple[str, str]) -> Period:
    """One span as people read it; where readers were sent back, that is its change."""
    since, until = from_micros(int(published.at[span.first])), moment(published, span.until)
    what, cause = (SENT_BACK, "") if sent_back(published, span.first) else change
    run = run_of(span, rows, published)
    if span.row == NONE:
        return Period(since, until, "", Status.LINKING, "", run, what, cause)
    owner, status = int(rows.customer[span.row]), Status[StatusCode(int(rows.status[span.row])).name]
    reason = rows.reason[span.row].as_py()
    return Period(since, until, customer_id(owner) if owner else "", status, reason, run, what, cause)


def run_of(span: Span, rows: Memberships, published: Publications) -> int:
    """The run that brought a span about: the one that wrote its row, or where there is none the one published."""
    return int(published.run[span.first] if span.row == NONE else rows.from_run[span.row])


def change_between(changes: Sequence[PastChange], run: int, owner: int, before: int) -> tuple[str, str]:
    """The kind and the cause of the change in ``run`` between two customers; empty where the feed tells of none."""
    for one in changes:
        if one.run == run and owner != before and {one.customer, one.other} == {owner, before}:
            return kind_name(one.kind), one.cause
    return "", ""


def kind_name(code: int) -> str:
    """A kind of change in the words of the feed."""
    return ChangeCode(code).name.lower()
