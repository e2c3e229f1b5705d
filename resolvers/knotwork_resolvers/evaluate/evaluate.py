"""From a truth file and the current run to figures."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from knotwork_graph.errors import UnknownRunError
from knotwork_graph.model import GraphArrays
from knotwork_graph.policy import Policy
from knotwork_graph.ports import GraphReader
from knotwork_resolvers.engine import engine
from knotwork_resolvers.evaluate.agreement import Contingency, bcubed, contingency, pair_counts, pairwise
from knotwork_resolvers.evaluate.aligning import Aligned, align
from knotwork_resolvers.evaluate.causes import NOT_JUDGED, Labels, by_cause
from knotwork_resolvers.evaluate.evaluation import CauseFigures, Coverage, Evaluation
from knotwork_resolvers.evaluate.reach import reach
from knotwork_resolvers.evaluate.reading import read_truth
from knotwork_resolvers.identity import NOBODY
from knotwork_resolvers.identity.resolution import Ints
from knotwork_resolvers.run.before import previous_of


def evaluate(store: GraphReader, policy: Policy, truth: Path, *, scratch: Path) -> Evaluation:
    """How the published customers agree with the truth in a CSV or Parquet file.

    The truth has the columns ``type, value, person``, and may have ``cause``; others are passed over. Values are
    normalised by ``policy`` as loading does. Judged is an identifier that was seen and that all its rows give to the
    same one person; an identifier with several persons, whenever each had it, counts in no pair, and neither does one
    of nobody. What an identifier that several share does to the others is judged by those others.
    Compiled code throughout, near-linear in rows; spills to ``scratch``. Raises ``InputError``, and ``UnknownRunError``
    where nothing is published.
    """
    state = store.state()
    if not state.current:
        raise UnknownRunError("there are no customers to evaluate yet. Run `knotwork resolve` first.")
    with engine(scratch) as connection:
        read_truth(connection, truth, policy)
        graph = store.graph()
        beside = align(connection, graph.identifiers)
    customer = previous_of(store.memberships(), state, graph.identifiers.ids).customer
    return compared(state.current, graph, customer, beside)


def compared(run: int, graph: GraphArrays, customer: Ints, truth: Aligned) -> Evaluation:
    """The figures; ``customer`` holds a customer's number for each of the graph's identifiers, or ``NOBODY``."""
    judged, own = np.flatnonzero(truth.person >= 0), numbered(customer)
    table = contingency(truth.person[judged], own[judged])
    return Evaluation(
        run=run,
        people=len(np.unique(table.person)),
        customers=len(np.unique(table.customer)),
        pairwise=pairwise(table),
        bcubed=bcubed(table),
        pairs=pair_counts(table),
        reach=reach(truth.person, own, judged, graph.edges),
        largest_customer=int(np.bincount(own).max(initial=0)),
        largest_person=truth.largest_person,
        coverage=coverage(customer, truth, len(judged)),
        causes=causes(judged, np.where(customer == NOBODY, NOT_JUDGED, own), table, truth),
    )


def numbered(customer: Ints) -> Ints:
    """Customers numbered from 0; an identifier that belongs to nobody is one of its own. O(n log n)."""
    alone = customer == NOBODY
    own = customer.copy()
    own[alone] = -1 - np.flatnonzero(alone)
    return np.unique(own, return_inverse=True)[1].astype(np.int64)


def coverage(customer: Ints, truth: Aligned, judged: int) -> Coverage:
    """How truth and workspace overlap."""
    held = customer != NOBODY
    unnamed = held.copy()
    unnamed[truth.named] = False
    return Coverage(
        in_truth=truth.in_truth,
        judged=judged,
        not_seen=truth.in_truth - len(truth.named),
        of_several=len(truth.several),
        of_several_held=int(np.count_nonzero(held[truth.several])),
        of_nobody=len(truth.named) - len(truth.several) - judged,
        not_in_truth=int(np.count_nonzero(unnamed)),
    )


def causes(judged: Ints, holder: Ints, table: Contingency, truth: Aligned) -> tuple[CauseFigures, ...]:
    """The figures by cause, where the truth has labels."""
    if not truth.causes:
        return ()
    cell = np.full(len(holder), NOT_JUDGED, np.int64)
    cell[judged] = table.cell
    return by_cause(table, Labels(holder[truth.labelled], cell[truth.labelled], truth.label, truth.causes))
