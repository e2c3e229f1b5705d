"""Questions about why: what holds two identifiers together, what keeps two apart, what another policy would do."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING

from knotwork.service.customers import CustomerService
from knotwork.service.naming import meant, unresolved
from knotwork.service.obeyed import SEEN, obeyed_by
from knotwork_graph.errors import KnotworkError, UnknownCustomerError, UnknownRunError, UsageError
from knotwork_graph.model import (
    Heirs,
    Identifier,
    IdentifierView,
    Run,
    Status,
    customer_id,
    customer_number,
    to_micros,
)
from knotwork_graph.policy import Policy, policy_in

if TYPE_CHECKING:
    from knotwork_graph.ports import Standing
    from knotwork_resolvers.explain.answers import Link, Neighbours, SampleEvent, Why, WhyNot
    from knotwork_resolvers.explain.evidence import Sighting
    from knotwork_resolvers.explain.ground import Ground
    from knotwork_resolvers.explain.simulation import Simulation
    from knotwork_resolvers.explain.why import Sampler, Side
    from knotwork_resolvers.run import Home

MOST_POLICY = 100_000
MOST_COMMON = 20
"""So many events are looked at that bear something of both sides and are neither side's: each may bear thousands."""

MOST_SIMULATED = 5_000_000
"""So many edges are resolved twice for a program that asks; about half a minute."""


class ExplanationService:
    """Explains the current run; reads only, and never more than a bounded part of the graph (but for ``simulate``)."""

    def __init__(self, home: Home, customers: CustomerService, policy: Policy) -> None:
        from knotwork_resolvers.explain.evidence import EvidenceReader
        from knotwork_resolvers.generation.customer_events import CustomerEvents

        self._home = home
        self._store = home.store
        self._simulating = Lock()
        self._customers = customers
        self._policy = policy
        self._reader = EvidenceReader(CustomerEvents(home, policy))

    def close(self) -> None:
        """Give back the reader's connection."""
        self._reader.close()

    def why(self, a: str, b: str, *, reasons: bool = True) -> Why:
        """What holds ``a`` and ``b`` (identifier keys or customer ids) in one customer; says so where nothing does.

        A customer id stands for that customer's strongest identifier. Raises ``UnknownCustomerError`` for what was
        never seen or not resolved, ``KnotworkError`` for one thing asked twice, ``ValueError`` for what is no name.
        Without ``reasons`` decisions are told without the words that people gave for them, which can be personal.
        """
        from knotwork_resolvers.explain.why import why

        run = self._run()
        first, second = self._sides(a, b)
        found = why(
            self._store, self._ground(run, reasons=reasons), first, second, self._sampler(first.standing.customer)
        )
        return replace(found, notes=tuple(self._notes(run)))

    def why_not(self, a: str, b: str, *, reasons: bool = True) -> WhyNot:
        """What keeps ``a`` and ``b`` (identifier keys or customer ids) in different customers.

        The smallest change that would join them comes with it; where they are one customer it says so. Raises as
        ``why`` does.
        """
        from knotwork_resolvers.explain.why_not import why_not

        run = self._run()
        first, second = self._sides(a, b)
        found = why_not(self._store, self._ground(run, reasons=reasons), first, second, self._seen, self._common)
        return replace(found, notes=(*self._held_guesses(first, second), *self._notes(run)))

    def seen_with(self, key: str) -> Neighbours:
        """What one identifier was seen with, the links of most evidence first. Raises as ``why`` does."""
        from knotwork_resolvers.explain.neighbours import neighbours

        standing = self._standing(key, self._key(key))
        return neighbours(self._store, self._ground(self._run(), reasons=True), standing)

    def simulate(self, policy: Policy, tell: Callable[[str], None] | None = None) -> Simulation:
        """What ``policy`` would make of the same data; see ``Simulation``. Writes nothing, reads everything.

        Raises ``KnotworkError`` where nothing is loaded yet.
        """
        from knotwork_resolvers.explain.simulating import simulate

        return simulate(self._home, self._policy, policy, tell=tell)

    def simulate_text(self, text: str) -> Simulation:
        """What a policy given as TOML would make of the same data, for programs: one at a time, and within bounds.

        Raises ``PolicyError``, and ``UsageError`` for a text or a graph that is too large, or while another one runs.
        """
        if len(text) > MOST_POLICY:
            raise UsageError(f"a policy of {len(text):,} characters is too long; {MOST_POLICY:,} are allowed.")
        settings = policy_in(text, os.environ)
        if self._store.counts().edges > MOST_SIMULATED:
            raise UsageError("this graph is too large to be simulated here. Use the command: knotwork simulate")
        if not self._simulating.acquire(blocking=False):
            raise UsageError("another simulation is running. Ask again when it has ended.")
        try:
            found = self.simulate(settings.policy)
            return replace(found, warnings=(*settings.warnings, *found.warnings))
        finally:
            self._simulating.release()

    # --- the sides of a question

    def _sides(self, a: str, b: str) -> tuple[Side, Side]:
        """Both sides. A customer's id leaves out the identifier that the other side names."""
        numbers = [self._number(asked) for asked in (a, b)]
        keys = ["" if number else self._key(asked) for asked, number in zip((a, b), numbers, strict=True)]
        if numbers[0] == numbers[1] and keys[0] == keys[1]:
            raise KnotworkError(f"{a} and {b} are one and the same. Name two identifiers, or two customers.")
        keys = [key or self._strongest(number, keys) for key, number in zip(keys, numbers, strict=True)]
        first, second = (self._side(asked, key) for asked, key in zip((a, b), keys, strict=True))
        return first, second

    def _number(self, asked: str) -> int:
        """The living customer that an id leads to; 0 where ``asked`` is no id."""
        if customer_number(asked) is None:
            return 0
        found = self._customers.customer(asked)
        if isinstance(found, Heirs):
            heirs = f"was split; ask for one of its heirs: {', '.join(found.customers)}"
            gone = "is retired: none of its identifiers belongs to a customer any more"
            raise UnknownCustomerError(f"{asked} {heirs if found.customers else gone}.")
        return customer_number(found.id) or 0

    def _key(self, asked: str) -> str:
        """The key that ``asked`` means, normalised as loading does; one that is known as it stands is so already."""
        return meant(self._store, self._policy, asked).key

    def _strongest(self, number: int, but: Sequence[str]) -> str:
        """The identifier that stands for a customer: of the strongest type, seen most, but none of ``but``."""
        held = [one for one in self._store.members(number) if one.key not in but]
        if not held:
            raise KnotworkError(f"{customer_id(number)} holds one identifier alone, and that is asked for already.")
        return min(held, key=self._strength).key

    def _strength(self, one: IdentifierView) -> tuple[bool, int, int, str]:
        return one.status is not Status.LINKING, self._policy.rule(one.type).priority, -one.events, one.key

    def _side(self, asked: str, key: str) -> Side:
        from knotwork_resolvers.explain.answers import Asked
        from knotwork_resolvers.explain.why import Side

        standing = self._standing(asked, key)
        owner = customer_id(standing.customer) if standing.customer else ""
        return Side(Asked(asked, standing.key, owner, standing.status, standing.reason), standing)

    def _standing(self, asked: str, key: str) -> Standing:
        found = self._store.standing(Identifier.parse(key))
        if found is None:
            self._customers.customer(asked)  # raises, with the words that a look-up has for it
            raise UnknownCustomerError(f"{asked} was never seen.")
        if not found.resolved:
            raise UnknownCustomerError(f"{key} {unresolved(self._store)}")
        return found

    # --- the run that is explained

    def _run(self) -> Run:
        found = self._store.run(self._store.state().current)
        if found is None:
            raise UnknownRunError("nothing is resolved yet. Run `knotwork resolve`.")
        return found

    def _ground(self, run: Run, *, reasons: bool) -> Ground:
        from knotwork_resolvers.explain.ground import Ground, no_guesses

        said = obeyed_by(run, self._store.decisions())
        told = said if reasons else tuple(replace(one, reason="") for one in said)
        book = self._home.matches
        guesses = no_guesses if book is None else book.among
        return Ground(self._policy, run.number, to_micros(run.as_of), told, guesses)

    def _held_guesses(self, first: Side, second: Side) -> Iterator[str]:
        """The pairs that matching joins across both sides, and that a rule does not let link."""
        owners = {one.standing.customer for one in (first, second)}
        if self._home.matches is None or len(owners) < 2 or 0 in owners:
            return
        held = self._store.members_of(sorted(owners))
        sides = [{one.key for one in held.get(number, ())} for number in sorted(owners)]
        for one in self._home.matches.among(sides[0]):
            if (one.a in sides[0]) != (one.b in sides[0]) and {one.a, one.b} <= sides[0] | sides[1]:
                yield f"model {one.model} holds both for one person ({one.score:.1%}), and a rule forbids it"

    def _notes(self, run: Run) -> Iterator[str]:
        """What a reader must know of the run: the policy or the events may be newer."""
        from knotwork_resolvers.home import newer_events, read_anew
        from knotwork_resolvers.run.naming import fingerprint

        if self._store.state().policy != fingerprint(self._policy):
            yield f"the policy has changed since run {run.number}; `knotwork resolve` obeys it"
        if len(self._store.decisions()) > run.counts.get(SEEN, 0):
            yield f"stewards have decided since run {run.number}; `knotwork resolve` obeys it"
        if read_anew(self._home):
            yield (
                f"the graph was read anew since run {run.number}, by another policy or after an erasure, so links of "
                "that run may be missing here; `knotwork resolve` makes customers of it"
            )
        if newer_events(self._home):
            yield f"events were loaded since run {run.number}; `knotwork resolve` takes them in"

    # --- the events behind it

    def _written(self) -> bool:
        """Whether the files that hold the events behind the current run are there."""
        return self._home.generations.events(self._store.state().base) is not None

    def _sampler(self, customer: int) -> Sampler:
        """What gives each of some links its sample events, from the events of one customer."""
        from knotwork_resolvers.explain.evidence import FOR_SAMPLES, Asking, samples
        from knotwork_resolvers.explain.why import moments_of

        def sampled(links: Sequence[Link], known: frozenset[str]) -> Sequence[tuple[SampleEvent, ...]]:
            if not links or not self._written():
                return [()] * len(links)
            asking = Asking(self._policy, moments_of(links), known, FOR_SAMPLES)
            seen = self._reader.together(customer, asking)
            return [samples(link, seen, self._policy) for link in links]

        return sampled

    def _seen(
        self, customers: Sequence[int], links: Sequence[Link], known: frozenset[str]
    ) -> tuple[tuple[Sighting, ...], ...]:
        """The events with several identifiers of each of some customers, those behind ``links`` among them."""
        from knotwork_resolvers.explain.evidence import Asking
        from knotwork_resolvers.explain.why import moments_of

        if not self._written():
            return ()
        asking = Asking(self._policy, moments_of(links), known)
        return tuple(self._reader.together(number, asking) for number in customers)

    def _common(self, first: Sequence[int], second: Sequence[int]) -> tuple[Sighting, ...]:
        """The newest events that bear an identifier (by its store id) of each side, whosever they are."""
        from knotwork_resolvers.explain.evidence import COLUMNS, Asking, sightings_in
        from knotwork_resolvers.journeys.reading import bearing_rows

        if not self._written():
            return ()
        columns = ("event_id", *COLUMNS)
        rows = bearing_rows(self._home, self._policy, first, also=second, columns=columns)
        return sightings_in(rows, Asking(self._policy, most=MOST_COMMON))
