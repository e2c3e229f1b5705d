"""The gates: what each looks at, and what it says. All are asked before anything that readers see changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from knotwork_graph.counted import counted
from knotwork_graph.policy import GateSettings
from knotwork_resolvers.identity import ChangeCode
from knotwork_resolvers.nightly.conflicts import contradicting, unknown
from knotwork_resolvers.nightly.drift import Drift
from knotwork_resolvers.nightly.ledger import Ledger
from knotwork_resolvers.nightly.turnover import Turnover, identifiers, named, ranked
from knotwork_resolvers.nightly.verdict import WORST, Verdict, below, unjudged
from knotwork_resolvers.run.situation import Outcome, Situation

SMALL = 20
"""Growth of the largest customer is counted from so many identifiers: a smaller one doubles without harm."""
MANY_LINKS = 1_000
"""More severed links are counted as a share of so many at least: of twenty links one is five in a hundred."""
OFF = "switched off in the policy"
FIRST = "nothing to compare with: readers see no customers yet"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the gates look at. ``ledger``, ``differences`` and ``drift`` are None where their gates are off.

    ``differences``: in words, where the graph is not what the facts give.
    """

    at: Situation
    outcome: Outcome
    turnover: Turnover
    ledger: Ledger | None
    differences: tuple[str, ...] | None
    drift: Drift | None

    @property
    def first(self) -> bool:
        """Whether readers see no customers yet."""
        return not self.turnover.customers_before


def verdicts(evidence: Evidence, rules: GateSettings, overruled: frozenset[str]) -> tuple[Verdict, ...]:
    """What every gate says, in their order; a gate that says no and is among ``overruled`` holds nothing."""
    said = (gate(evidence, rules) for gate in GATES.values())
    return tuple(replace(one, overruled=not one.passed and one.gate in overruled) for one in said)


def id_changes(evidence: Evidence, rules: GateSettings) -> Verdict:
    """The share of the customers whose id stops naming a customer."""
    limit, gone, all_of = rules.id_changes, evidence.turnover.retired, evidence.turnover.customers_before
    if limit is None or evidence.first:
        return unjudged("id_changes", "share", OFF if limit is None else FIRST)
    words = f"{len(gone):,} of {counted(all_of, 'customer')} lose their id"
    told = tuple(_gone(evidence, int(number)) for number in gone[:WORST])
    return below("id_changes", "share", len(gone) / max(all_of, 1), limit, words, told)


def _gone(evidence: Evidence, number: int) -> str:
    heirs = next((one.heirs for one in evidence.outcome.found.redirects if one.customer == number), ())
    to = ", ".join(named(heir) for heir in heirs[:3]) or "nobody"
    return f"{named(number)} ({identifiers(int(evidence.turnover.held_before[number]))}) now leads to {to}"


def changed_hands(evidence: Evidence, rules: GateSettings) -> Verdict:
    """The share of the identifiers that go to another customer; those that drifted have a gate of their own."""
    limit, handed = rules.changed_hands, evidence.turnover.handed
    if limit is None or evidence.first:
        return unjudged("changed_hands", "share", OFF if limit is None else FIRST)
    if evidence.drift is not None:
        handed = handed & ~evidence.drift.wrong
    of, held = evidence.turnover.before, int(np.count_nonzero(evidence.turnover.before))
    count = int(np.count_nonzero(handed))
    told = tuple(f"{named(one)} hands over {identifiers(many)}" for one, many in ranked(of[handed], WORST))
    words = f"{count:,} of {counted(held, 'identifier')} go to another customer"
    return below("changed_hands", "share", count / max(held, 1), limit, words, told)


def largest_customer(evidence: Evidence, rules: GateSettings) -> Verdict:
    """How many identifiers the largest customer holds."""
    limit, held = rules.largest_customer, evidence.turnover.held_after
    if limit is None:
        return unjudged("largest_customer", "count", OFF)
    most = int(held.max(initial=0))
    told = tuple(_grown(evidence.turnover, number) for number in _largest(evidence.turnover) if held[number] > limit)
    return below("largest_customer", "count", most, limit, f"the largest customer holds {identifiers(most)}", told)


def largest_growth(evidence: Evidence, rules: GateSettings) -> Verdict:
    """By how much the largest customer grows, counted from a small one."""
    limit, turnover = rules.largest_growth, evidence.turnover
    if limit is None or evidence.first:
        return unjudged("largest_growth", "growth", OFF if limit is None else FIRST)
    was, now = int(turnover.held_before.max(initial=0)), int(turnover.held_after.max(initial=0))
    growth = max(now / max(was, SMALL) - 1, 0.0)
    words = f"the largest customer held {identifiers(was)} and holds {now:,}"
    told = tuple(_grown(turnover, number) for number in _largest(turnover) if turnover.held_after[number] > was)
    return below("largest_growth", "growth", growth, limit, words, told)


def _largest(turnover: Turnover) -> list[int]:
    return [int(number) for number in np.argsort(-turnover.held_after, kind="stable")[:WORST]]


def _grown(turnover: Turnover, number: int) -> str:
    was = int(turnover.held_before[number])
    return f"{named(number)} holds {identifiers(int(turnover.held_after[number]))}, and held {was:,}"


def customer_growth(evidence: Evidence, rules: GateSettings) -> Verdict:
    """By how much the number of customers grows."""
    limit, turnover = rules.customer_growth, evidence.turnover
    if limit is None or evidence.first:
        return unjudged("customer_growth", "growth", OFF if limit is None else FIRST)
    was, now = turnover.customers_before, turnover.customers_after
    words = f"there were {counted(was, 'customer')}, and would be {now:,}"
    told = tuple(f"{named(one)} falls into {counted(count + 1, 'customer')}" for one, count in _fallen(turnover))
    return below("customer_growth", "growth", max(now / max(was, 1) - 1, 0.0), limit, words, told)


def _fallen(turnover: Turnover) -> Iterator[tuple[int, int]]:
    return ranked(turnover.changes.other[turnover.changes.kind == ChangeCode.SPLIT], WORST)


def identifiers_lost(evidence: Evidence, rules: GateSettings) -> Verdict:
    """The share of the identifiers that go from a customer to nobody."""
    limit, lost = rules.identifiers_lost, evidence.turnover.lost
    if limit is None or evidence.first:
        return unjudged("identifiers_lost", "share", OFF if limit is None else FIRST)
    held, count = int(np.count_nonzero(evidence.turnover.before)), int(np.count_nonzero(lost))
    told = (f"{named(one)} loses {identifiers(many)}" for one, many in ranked(evidence.turnover.before[lost], WORST))
    words = f"{count:,} of {counted(held, 'identifier')} go from a customer to nobody"
    return below("identifiers_lost", "share", count / max(held, 1), limit, words, tuple(told))


def severed(evidence: Evidence, rules: GateSettings) -> Verdict:
    """The share of the links that are severed."""
    limit, graph, found = rules.severed, evidence.outcome.graph, evidence.outcome.found
    if limit is None:
        return unjudged("severed", "share", OFF)
    cut = found.partition.severed.edges
    words = f"{len(cut):,} of {counted(len(graph.edges), 'link')} are severed"
    return below("severed", "share", len(cut) / max(len(graph.edges), 1), limit, words, _at_severed(evidence.outcome))


def severed_growth(evidence: Evidence, rules: GateSettings) -> Verdict:
    """The share of the links that are severed beyond the share that the run before had severed."""
    limit, was = rules.severed_growth, evidence.at.counts
    if limit is None or evidence.first:
        return unjudged("severed_growth", "growth", OFF if limit is None else FIRST)
    cut, links = len(evidence.outcome.found.partition.severed.edges), len(evidence.outcome.graph.edges)
    cut_before, links_before = was.get("severed", 0), was.get("edges", 0)
    more = max(cut - links * cut_before / max(links_before, 1), 0.0)
    words = f"{cut:,} of {counted(links, 'link')} are severed, and {cut_before:,} of {links_before:,} were"
    growth = more / max(links, MANY_LINKS)
    return below("severed_growth", "growth", growth, limit, words, _at_severed(evidence.outcome))


def _at_severed(outcome: Outcome) -> tuple[str, ...]:
    graph, found = outcome.graph, outcome.found
    cut = found.partition.severed.edges
    ends = np.concatenate([found.customer[graph.edges.a[cut]], found.customer[graph.edges.b[cut]]])
    return tuple(f"{named(one)} lies at {many:,} severed links" for one, many in ranked(ends, WORST))


def contradictions(evidence: Evidence, rules: GateSettings) -> Verdict:
    """How many decisions contradict an earlier one."""
    if rules.contradictions is None:
        return unjudged("contradictions", "count", OFF)
    told = contradicting(evidence.at.decisions)
    words = f"{len(told):,} of {counted(len(evidence.at.decisions), 'decision')} contradict an earlier one"
    return below("contradictions", "count", len(told), rules.contradictions, words, told)


def unknown_decisions(evidence: Evidence, rules: GateSettings) -> Verdict:
    """How many decisions name an identifier that no event has shown."""
    if rules.unknown_decisions is None:
        return unjudged("unknown_decisions", "count", OFF)
    told = unknown(evidence.at.decisions, evidence.outcome.found.partition.unknown_decisions)
    decisions = counted(len(evidence.at.decisions), "decision")
    words = f"{len(told):,} of {decisions} name an identifier that no event has shown"
    return below("unknown_decisions", "count", len(told), rules.unknown_decisions, words, told)


def ledger(evidence: Evidence, _: GateSettings) -> Verdict:
    """Whether every event is counted once."""
    if evidence.ledger is None:
        return unjudged("ledger", "check", OFF)
    return below("ledger", "check", evidence.ledger.unequal, 0, evidence.ledger.words)


def graph(evidence: Evidence, _: GateSettings) -> Verdict:
    """Whether the graph is what the facts give, every edge counted anew."""
    if evidence.differences is None:
        return unjudged("graph", "check", OFF)
    words = "; ".join(evidence.differences) or "the graph equals the facts, every edge counted anew"
    return below("graph", "check", len(evidence.differences), 0, words)


def drift(evidence: Evidence, rules: GateSettings) -> Verdict:
    """Whether single events have led to the same customers as everything together; repaired unless it should hold."""
    found = evidence.drift
    if found is None or found.why_not:
        return unjudged("drift", "check", OFF if found is None else f"not compared: {found.why_not}")
    count = int(np.count_nonzero(found.wrong))
    if not count:
        return below("drift", "check", 0, 0, "single events have led to the same customers as everything together")
    customers = counted(found.customers, "customer")
    words = f"{identifiers(count)} of {customers} had drifted from what everything together gives"
    passed = rules.drift == "repair"
    ending = "publishing repairs them" if passed else "the policy wants a person to look first"
    return Verdict("drift", "check", passed, f"{words}; {ending}", count, 0, found.examples(WORST))


GATES: dict[str, Callable[[Evidence, GateSettings], Verdict]] = {
    gate.__name__: gate
    for gate in (
        id_changes,
        changed_hands,
        largest_customer,
        largest_growth,
        customer_growth,
        identifiers_lost,
        severed,
        severed_growth,
        contradictions,
        unknown_decisions,
        ledger,
        graph,
        drift,
    )
}
"""Every gate by its name, which is also its setting in the policy's section ``[gates]``."""
