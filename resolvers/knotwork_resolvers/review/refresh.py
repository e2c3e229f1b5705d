"""Looking again: what is doubtful now becomes cases, and cases that nothing speaks for any more close themselves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from knotwork_graph.desk import Case, CaseKind, CaseState, Desk, Finding
from knotwork_graph.desk.taking import SEEN, UPTO, Taken, Takes
from knotwork_graph.model import Identifier, customer_id, customer_number
from knotwork_graph.policy import Policy, ReviewSettings
from knotwork_graph.proposals import MatchBook
from knotwork_resolvers.generation.follow import follow
from knotwork_resolvers.home import Home
from knotwork_resolvers.identity import NOBODY
from knotwork_resolvers.identity.resolution import Ints
from knotwork_resolvers.review.finding import found_in, scene_of
from knotwork_resolvers.review.finding.proposed import MATCHING, QUALITY, Said, figures_of, proposed, said
from knotwork_resolvers.review.finding.stakes import stakes_of, weighed

RESOLVER = "resolver"
Upto = tuple[int, int]
"""The run, and the place in what came since, up to which the desk has looked."""

MANY = 10_000
SHARE = 25
"""Where events touched more customers than ``MANY``, and more than one in ``SHARE``, looking at everybody is shorter.
One costs 0.3 ms with SQLite and 1.4 with Neo4j; a million at once 25 s and more."""


@dataclass(frozen=True, slots=True)
class Looking:
    """What to look over: under which policy and settings; ``book``: what matching says (None: nothing ever was)."""

    policy: Policy
    settings: ReviewSettings
    book: MatchBook | None = None


def refresh(home: Home, desk: Desk, looking: Looking, *, everything: bool = False) -> Taken:
    """What became of the cases. Looks at what changed since the last time, or at everything: where ``everything`` asks
    for it, and where a full run was published or readers were sent back since.

    Near-linear in what is looked at; of what matching proposes these are the pairs near a change, and new ones.
    Nothing comes of it before the first run.
    """
    state, seen = home.store.state(), desk.single(SEEN)
    if not state.current:
        return Taken()
    follow(home, looking.policy)
    touched, upto = _touched(home, state.base, desk.single(UPTO))
    whole = everything or not seen or seen < state.base or seen > state.current or _many(home, touched, state.current)
    if not whole and seen == state.current and not touched:
        return _take(home, desk, looking, (state.current, upto), [], frozenset(), near=frozenset())
    return _look(home, desk, looking, (state.current, upto), None if whole else _changed(home, seen, touched))


def _many(home: Home, touched: set[int], current: int) -> bool:
    if len(touched) <= MANY:
        return False
    run = home.store.run(current)
    return run is None or len(touched) * SHARE > run.counts.get("customers", 0)


def _touched(home: Home, base: int, after: int) -> tuple[set[int], int]:
    """The customers that events have touched since the place ``after``, and the last place."""
    with home.opened.turn:
        since = home.opened.since(base)
        customers, last = since.touched(after)
        if last < after:  # another generation, which counts anew
            customers, last = since.touched(0)
    return customers - {NOBODY}, last


def _changed(home: Home, seen: int, touched: set[int]) -> Ints:
    """The identifiers that stand otherwise since the run ``seen``, and one of each customer that events touched."""
    some = [members[0] for members in home.store.members_of(sorted(touched)).values() if members]
    ids = home.store.ids_of([Identifier(one.type, one.value) for one in some])
    return np.union1d(home.store.changed_since(seen), np.array(sorted(ids.values()), np.int64))


def _look(home: Home, desk: Desk, looking: Looking, upto: Upto, ids: Ints | None) -> Taken:
    scene = scene_of(home.store, looking.policy, ids, home.whole.take)
    found = found_in(home, scene, looking.settings.large_customer, whole=ids is None)
    if ids is None:
        return _take(home, desk, looking, upto, found, None, near=None)
    keys = frozenset(scene.key(index) for index in np.flatnonzero(scene.own).tolist())
    names = frozenset(customer_id(one) for one in scene.customers.tolist()) | keys | gone_among(home, desk)
    return _take(home, desk, looking, upto, found, names, near=keys)


def _take(
    home: Home,
    desk: Desk,
    looking: Looking,
    upto: Upto,
    found: list[Finding],
    names: frozenset[str] | None,
    *,
    near: frozenset[str] | None,
) -> Taken:
    """Take what was found of the keys and customers ``names``, and what matching says of the identifiers ``near``.

    None stands for all.
    """
    book = looking.book
    told = Said() if book is None else said(book, near, desk.single)
    more = _proposed(home, looking, told)

    def asked(source: str, a: str, b: str) -> bool:
        if source in (MATCHING, QUALITY):
            return told.looked(a, b)
        return source == RESOLVER and (names is None or a in names or b in names)

    figures = {} if book is None else figures_of(book)
    about = None if names is None or told.near is None else names | told.keys
    return desk.take([*found, *more], Takes(*upto, looking.settings.age, asked, figures, about))


def _proposed(home: Home, looking: Looking, told: Said) -> list[Finding]:
    """What matching says, as findings with what is at stake."""
    more = proposed(home.store, told, looking.settings.sample)
    customers = sorted({customer for one in more for customer in one.customers})
    return weighed(more, stakes_of(home, looking.policy, customers), home.store.state().as_of)


def gone_among(home: Home, desk: Desk) -> frozenset[str]:
    """Of the customers that open cases are about, the ids of those that are none any more."""
    cases: list[Case] = []
    while more := desk.queue(1_000, len(cases), state=CaseState.OPEN, kind=CaseKind.SPLIT):
        cases += more
    numbers = {number for one in cases if (number := customer_number(one.finding.about[0]))}
    asked = np.array(sorted(numbers), np.int64)
    living = set(home.store.living(asked).tolist()) if len(asked) else set()
    return frozenset(customer_id(one) for one in numbers - living)
