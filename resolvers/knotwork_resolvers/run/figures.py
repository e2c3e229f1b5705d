"""The counts of a run, and what it has to warn of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from knotwork_graph.model import OF_SIZE, GraphArrays
from knotwork_graph.model.arrays import places
from knotwork_graph.policy import Policy
from knotwork_graph.ports import ERASED
from knotwork_resolvers.advice import Accountlike, accountlike
from knotwork_resolvers.home import Home
from knotwork_resolvers.identity import NOBODY, Resolution, StatusCode
from knotwork_resolvers.identity.resolution import Ints, Mask
from knotwork_resolvers.identity.sets import distinct
from knotwork_resolvers.run.guessed import is_stray
from knotwork_resolvers.run.situation import Outcome, Situation

OF_EVENTS = frozenset({"nobody", "named_before", "named_after"})
"""What is counted of events and their owners, which takes a full run."""

EACH = 5
"""From this size on it is kept how many customers have each, so that the largest is known when the largest shrinks."""

BEFORE_ALL = "no event had happened by then, so nobody is a customer; without --as-of everybody is again"

SIZES = (("1", 1, 1), ("2", 2, 2), ("3", 3, 3), ("4", 4, 4), ("5-10", 5, 10), ("11-25", 11, 25), ("26+", 26, None))


def figures(graph: GraphArrays, found: Resolution) -> dict[str, int]:
    """The counts that a run keeps: identifiers, edges, customers, by size (``size_...``), and what links nothing."""
    label, status = found.partition.label, found.partition.status
    size = np.bincount(label[label >= 0])
    counts = {
        "identifiers": len(graph.identifiers),
        "edges": len(graph.edges),
        "customers": found.partition.parts,
        "largest": int(size.max(initial=0)),
        "severed": len(found.partition.severed.edges),
        "shared": int(np.count_nonzero(status == StatusCode.SHARED)),
        "unusable": int(np.count_nonzero((status == StatusCode.BLOCKED) & borne(graph))),
    }
    for name, low, high in SIZES:
        counts[f"size_{name}"] = int(np.count_nonzero((size >= low) & (size <= (high or size.max(initial=0)))))
    return counts | tail_of(size)


def borne(graph: GraphArrays) -> Mask:
    """Which identifiers some event bears: not those that were erased, and at a moment that has passed none that came
    later. O(identifiers that may not link).
    """
    identifiers = graph.identifiers
    found = np.ones(len(identifiers), np.bool_) if identifiers.seen is None else identifiers.seen.copy()
    rows = np.flatnonzero(~identifiers.usable)
    erased = pc.starts_with(identifiers.values.take(pa.array(rows)), ERASED)
    found[rows[np.asarray(erased.to_numpy(zero_copy_only=False), np.bool_)]] = False
    return found


def figures_after(at: Situation, home: Home, outcome: Outcome) -> dict[str, int]:
    """The counts after a part of the graph was resolved anew: those before, and the difference that it makes.

    Who owns the events is not counted: that takes a full run.
    """
    counts, held = at.counts, outcome.previous.customer
    before, after = sizes_of(held), sizes_of(outcome.found.customer)
    status, was = outcome.found.partition.status.astype(np.int64), status_before(outcome, at)
    identifiers, edges = home.store.sizes()
    changed = {
        "customers": len(after) - len(before),
        "severed": len(outcome.found.partition.severed.edges) - outcome.cut,
        "shared": _more(status, was, StatusCode.SHARED),
        "unusable": _more(status, was, StatusCode.BLOCKED),
    } | {f"size_{name}": _within(after, low, high) - _within(before, low, high) for name, low, high in SIZES}
    now = {name: counts.get(name, 0) + more for name, more in changed.items()}
    known = {name: count for name, count in counts.items() if name not in OF_EVENTS and not name.startswith(OF_SIZE)}
    tail = tail_after(counts, before, after)
    if tail is None:
        largest = _largest(counts.get("largest", 0), before, after, lambda: home.store.largest(distinct(held)))
    else:
        largest = largest_of(now, tail)
    return known | now | {"identifiers": identifiers, "edges": edges, "largest": largest} | (tail or {})


def tail_of(sizes: Ints) -> dict[str, int]:
    """How many customers have each size from ``EACH`` up, the sizes that nobody has left out."""
    found = Counter(sizes[sizes >= EACH].tolist())
    return {f"{OF_SIZE}{size}": found[size] for size in sorted(found)}


def tail_after(counts: Mapping[str, int], before: Ints, after: Ints) -> dict[str, int] | None:
    """The same after customers of the sizes ``before`` became some of the sizes ``after``; None where it is not known.

    An older run has not kept it.
    """
    tail = Counter({name: count for name, count in counts.items() if name.startswith(OF_SIZE)})
    if not tail and counts.get("largest", 0) >= EACH:
        return None
    tail.update(tail_of(after))
    tail.subtract(tail_of(before))
    return {name: count for name, count in tail.items() if count}


def largest_of(counts: Mapping[str, int], tail: Mapping[str, int]) -> int:
    """The size of the largest customer: of the ``tail``, or of the bands that hold one size alone."""
    small = (low for name, low, high in SIZES if low == high and counts[f"size_{name}"])
    return max((int(name.removeprefix(OF_SIZE)) for name in tail), default=max(small, default=0))


def sizes_of(customer: Ints) -> Ints:
    """How many identifiers each customer holds, nobody's left out; O(n log n)."""
    return np.unique(customer[customer != NOBODY], return_counts=True)[1]


def status_before(outcome: Outcome, at: Situation) -> Ints:
    """The status of each identifier in the run that readers see, -1 for those it has not seen."""
    rows, identifiers = outcome.memberships, outcome.graph.identifiers
    seen = rows.seen_by(at.state.current)
    # an identifier that never could be used has no row; ids are given out in a row, so the higher ones are new
    known = ~identifiers.usable & (identifiers.ids <= at.counts.get("identifiers", 0))
    status = np.where(known, int(StatusCode.BLOCKED), -1)
    status[places(identifiers.ids, rows.identifier[seen])] = rows.status[seen]
    return status


def _more(status: Ints, was: Ints, code: StatusCode) -> int:
    return int(np.count_nonzero(status == code)) - int(np.count_nonzero(was == code))


def _within(sizes: Ints, low: int, high: int | None) -> int:
    return int(np.count_nonzero((sizes >= low) & (sizes <= (high or sizes.max(initial=0)))))


def _largest(known: int, before: Ints, after: Ints, others: Callable[[], int]) -> int:
    """The size of the largest customer; only where it may be the one that shrank, the ``others`` are counted."""
    now = int(after.max(initial=0))
    if now >= known or int(before.max(initial=0)) < known:
        return max(now, known)
    return max(now, others())


def warnings_of(graph: GraphArrays, found: Resolution, policy: Policy) -> tuple[str, ...]:
    """Sentences for the person who runs it: that nothing had happened by then, types the policy does not name,
    decisions that name nobody.
    """
    seen = graph.identifiers.seen
    if len(graph.identifiers) and seen is not None and not seen.any():
        return (BEFORE_ALL,)
    unknown = (key for key in found.partition.unknown_decisions if not is_stray(key))
    said = [f"a decision names {key}, which no event has shown" for key in unknown]
    return (*unnamed_types(graph, policy), *said)


def unnamed_types(graph: GraphArrays, policy: Policy) -> tuple[str, ...]:
    """A sentence for each identifier type that the policy does not name, by name; O(edges) where there is one."""
    unnamed = sorted(name for name in graph.identifiers.type_names if not policy.names(name))
    accounts = {one.type: one for one in accountlike(graph, policy)} if unnamed else {}
    return tuple(_unnamed(name, accounts.get(name)) for name in unnamed)


def _unnamed(name: str, account: Accountlike | None) -> str:
    said = f"identifier type {name} is not in the policy"
    if account is None:
        return f"{said}; it links with the defaults"
    remedy = f"write [identifiers.{name}] with max_per_customer = 1, as `knotwork policy check {name}` shows"
    return f"{said} and {account.words}; {remedy}"
