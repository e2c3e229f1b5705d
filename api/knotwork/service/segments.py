"""Segments: what they say, who is in them, since when and why; asked by the command line, GraphQL and the pages.

Members are told as of the moment they are asked for (for a run of the past, as of that run's). Whoever shows these
values to a role puts them through their ``masked``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from threading import RLock
from time import monotonic
from typing import TYPE_CHECKING, Any

from knotwork.service.segment_views import (
    MemberPage,
    Preview,
    SegmentView,
    SegmentWhy,
    StayView,
    count_told,
    member_told,
    reason_told,
    stay_told,
)
from knotwork_graph.errors import UsageError
from knotwork_graph.model import customer_id, customer_number, from_micros, to_micros
from knotwork_graph.policy import Settings
from knotwork_graph.policy.problems import policy_error

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from knotwork_graph.stays import StayFolders
    from knotwork_resolvers.home import Home
    from knotwork_resolvers.segments import Definitions, Ground, Members, Membership, Segment

Rule = Mapping[str, Any] | str
"""What a segment says, as tables and lists, or the same as TOML."""
MOST_AT_ONCE = 1_000
REST = 9
"""So many times as long as a look at touched customers took, the next one waits: a tenth of the time is theirs."""
TRIED = "preview"
"""The name of a rule that has none yet."""


@dataclass(frozen=True, slots=True)
class Places:
    """The policy file, the folder of segments that have a file of their own, and where members are kept."""

    policy: Path
    own: Path
    stays: Path


def machine_clock() -> datetime:
    """The time of the machine's clock."""
    return datetime.now(UTC)


class SegmentService:
    """The segments of one workspace; safe to call from several threads, which take turns."""

    def __init__(
        self,
        home: Home,
        settings: Settings,
        places: Places,
        one_customer: Callable[[str], int],
        clock: Callable[[], datetime] = machine_clock,
    ) -> None:
        self._home, self._settings, self._places, self._clock = home, settings, places, clock
        self._one = one_customer
        self._turn = RLock()
        self._known: tuple[object, Definitions] | None = None
        self._rested = 0.0

    def close(self) -> None:
        """Give back files and the engine; what is asked next opens them again."""
        with self._turn:
            for name in ("_membership", "_ground"):
                if (part := self.__dict__.pop(name, None)) is not None:
                    part.close()

    # --- what segments say

    def check(self) -> None:
        """Read every rule. Raises ``PolicyError`` naming file and key of what cannot be meant."""
        self.definitions()

    def definitions(self) -> Definitions:
        """All segments, read anew where a file has changed. Raises ``PolicyError``."""
        from knotwork_resolvers.segments import read_definitions

        with self._turn:
            seen = sorted((path.name, path.stat().st_mtime_ns) for path in self._places.own.glob("*.toml"))
            if self._known is None or self._known[0] != seen:
                read = read_definitions(self._places.policy, self._settings.segments, self._places.own)
                self._known = seen, read
            return self._known[1]

    def segments(self) -> tuple[SegmentView, ...]:
        """All segments by name, with their sizes now. Raises ``PolicyError``."""
        with self._turn:
            definitions, as_of = self.definitions(), self.follow()
            sizes = self._members.counts() if as_of else {}
            return tuple(self._view(one, sizes, as_of) for one in sorted(definitions.segments, key=lambda s: s.name))

    def segment(self, name: str) -> SegmentView:
        """One segment with its size now. Raises ``UsageError`` with the nearest name, ``PolicyError``."""
        with self._turn:
            one, as_of = self.definitions()[name], self.follow()
            return self._view(one, self._members.counts() if as_of else {}, as_of)

    def text(self, name: str) -> str:
        """What a segment says as TOML, as a file of its own would. Raises ``UsageError``, ``PolicyError``."""
        from knotwork_resolvers.segments import toml_of

        return toml_of(self.definitions()[name])

    def define(self, name: str, rule: Rule, *, replace: bool = False) -> tuple[SegmentView, tuple[str, ...]]:
        """Keep a segment in a file of its own; it with its members at once, and warnings as of ``preview``.

        Raises ``PolicyError`` for a rule that cannot be meant, ``UsageError`` for a name that is there already (unless
        ``replace`` says that its file may be written anew).
        """
        from knotwork_resolvers.segments import write_definition

        with self._turn:
            one = self._meant(name, rule)
            self._free(name, replace=replace)
            self.definitions().with_one(one, str(self._places.own / f"{name}.toml"))
            warnings = self._warnings(one)
            write_definition(self._places.own, one)
            self._known = None
            return self.segment(name), warnings

    def remove(self, name: str) -> None:
        """Take away a segment that has a file of its own; its members leave, and their history stays.

        Raises ``UsageError`` where there is none, it stands in the policy file, or another segment names it.
        """
        from knotwork_resolvers.segments import file_of

        with self._turn:
            definitions = self.definitions()
            self._own(definitions[name])
            users = [one.name for one in definitions.segments if name in one.needs]
            if users:
                raise UsageError(f"{', '.join(users)} names this segment. Change that one first.")
            file_of(self._places.own, name).unlink(missing_ok=True)
            self._known = None
            self.follow()

    def preview(self, rule: Rule, name: str = TRIED) -> Preview:
        """How many customers a rule holds for now, and each of its conditions; writes nothing. One pass over events.

        Raises ``PolicyError`` for a rule that cannot be meant.
        """
        from knotwork_resolvers.segments import size_of, tree_of

        with self._turn:
            one, moment = self._meant(name, rule), self._moment()
            tree = tree_of(one)
            if not self._resolved():
                return Preview(0, 0, 0, None, (), ("nothing is resolved yet: run `knotwork resolve`",), tree)
            warnings = self._warnings(one)
            found = size_of(self._ground, one, self.definitions(), self._settings.policy.profiles, moment)
            parts = tuple(map(count_told, found.parts))
            return Preview(found.size, found.customers, found.refused, from_micros(moment), parts, warnings, tree)

    def warnings(self, name: str) -> tuple[str, ...]:
        """A sentence for each name in a segment's rule that nobody knows. O(events)."""
        with self._turn:
            return self._warnings(self.definitions()[name]) if self._resolved() else ()

    # --- who is in them

    def follow(self, *, quick: bool = False) -> datetime | None:
        """Bring members up to now; the moment they are told as of, None where nothing is resolved or defined.

        ``quick``: only customers whom events have touched, and not even these where another process is at it or
        everybody must be looked at; None then. Raises ``PolicyError``.
        """
        with self._turn:
            definitions = self.definitions()
            if not definitions.segments and not self._folders.current():
                return None
            moment = self._membership.follow(definitions, self._moment(), quick=quick)
            return from_micros(moment) if moment else None

    def keep_up(self) -> None:
        """Follow what single events have touched, taking no more than a part of the time: between two looks there is
        rest, and what is touched meanwhile is looked at together. Whoever asks for members follows first anyway.
        """
        if not self._turn.acquire(blocking=False):  # somebody asks, and follows
            return
        try:
            began = monotonic()
            if began >= self._rested:
                self.follow(quick=True)
                self._rested = monotonic() + REST * (monotonic() - began)
        finally:
            self._turn.release()

    def members(self, name: str, first: int = 100, after: str | None = None) -> MemberPage:
        """The next ``first`` members by id after the id ``after``. Raises ``UsageError``, ``PolicyError``."""
        start = 0 if after is None else customer_number(after)
        if start is None:
            raise UsageError(f"{after!r} is no customer id: it looks like {customer_id(1)}")
        with self._turn:
            self.definitions()[name]
            as_of, wanted = self.follow(), max(0, min(first, MOST_AT_ONCE))
            if as_of is None:
                return MemberPage(name, None, 0, (), more=False)
            found = self._members.page(name, wanted + 1, start)
            size = self._members.counts().get(name, 0)
            return MemberPage(name, as_of, size, tuple(map(member_told, found[:wanted])), len(found) > wanted)

    def numbers(self, name: str) -> tuple[int, ...]:
        """The numbers of all members now, ascending. Raises ``UsageError``, ``PolicyError``."""
        with self._turn:
            self.definitions()[name]
            return self._members.numbers(name) if self.follow() else ()

    def history(self, name: str | None = None, customer: str | None = None, first: int = 100) -> tuple[StayView, ...]:
        """Who came into a segment and left it, or what segments a customer came through; the newest first.

        Raises ``UnknownCustomerError``, ``PolicyError``.
        """
        number = 0 if customer is None else self._one(customer)
        with self._turn:
            if self.follow() is None:
                return ()
            return tuple(map(stay_told, self._members.history(min(first, MOST_AT_ONCE), name or "", number)))

    def why(self, name: str, key_or_id: str) -> SegmentWhy:
        """Whether a customer is in a segment, and every condition of its rule with the value that it looked at.

        Raises ``UnknownCustomerError``, ``UsageError`` with the nearest name, ``PolicyError``.
        """
        from knotwork_resolvers.segments import reasons

        with self._turn:
            one, number = self.definitions()[name], self._one(key_or_id)
            self.follow()
            moment, rules = self._moment(), self._settings.policy.profiles
            inside, found = reasons(self._ground, one, self.definitions(), rules, moment, number)
            stay = next((stay for stay in self._members.page(name, 1, number - 1) if stay.customer == number), None)
            since, run = (None, None) if stay is None else (from_micros(stay.entered_at), stay.entered_run)
            told = tuple(map(reason_told, found))
            return SegmentWhy(name, customer_id(number), inside, since, run, from_micros(moment), told)

    def export(self, connection: DuckDBPyConnection, *_: object) -> str:
        """The query for the table of all members now: ``name, customer_id, since, run``. Raises ``PolicyError``."""
        from knotwork.service.columns import UTC_TEXT, id_sql
        from knotwork_resolvers.segments import open_stays

        with self._turn:
            self.follow()
            since = UTC_TEXT.format("make_timestamp(entered_at)")
            return (
                f"SELECT segment AS name, {id_sql('customer')} AS customer_id, {since} AS since, entered_run AS run"
                f" FROM {open_stays(connection, self._folders)} ORDER BY segment, customer"
            )

    # --- parts

    @cached_property
    def _ground(self) -> Ground:
        from knotwork_resolvers.segments import Ground

        return Ground(self._home, self._settings.policy)

    @cached_property
    def _folders(self) -> StayFolders:
        from knotwork_graph.stays import StayFolders

        return StayFolders(self._places.stays)

    @cached_property
    def _membership(self) -> Membership:
        from knotwork_resolvers.segments import Membership

        return Membership(self._home, self._settings.policy, self._folders, self._ground)

    @property
    def _members(self) -> Members:
        from knotwork_resolvers.segments import Members

        return Members(self._ground, self._folders)

    def _moment(self) -> int:
        from knotwork_resolvers.segments import moment_at

        return moment_at(self._home, to_micros(self._clock()))

    def _resolved(self) -> bool:
        state = self._home.store.state()
        return bool(state.base) and self._home.generations.events(state.base) is not None

    def _meant(self, name: str, rule: Rule) -> Segment:
        """The segment that a rule says. Raises ``PolicyError``."""
        from knotwork_graph.policy.reading import parsed
        from knotwork_resolvers.segments import segment_of

        return segment_of(name, parsed(rule, name) if isinstance(rule, str) else rule, file=f"segment {name}")

    def _warnings(self, one: Segment) -> tuple[str, ...]:
        """What is doubtful about a rule, given the data. Raises ``PolicyError`` for what cannot be compared."""
        from knotwork_resolvers.segments import Names

        if not self._resolved():
            return ()
        names = Names(self._home, self._settings.policy, self.definitions().with_one(one), self._ground)
        wrong = names.false_types(one)
        if wrong:
            raise policy_error(f"segment {one.name}", wrong)
        return names.doubts(one)

    def _free(self, name: str, *, replace: bool) -> None:
        """Refuse to write over what is there."""
        known = {one.name: one for one in self.definitions().segments}
        if name not in known:
            return
        self._own(known[name])
        if not replace:
            raise UsageError(
                f"there is a segment {name} already. Say replace to write it anew, or choose another name."
            )

    def _own(self, one: Segment) -> None:
        file = self.definitions().files[one.name]
        if file == str(self._places.policy):
            raise UsageError(f"segment {one.name} stands in {file}. Change it there.")

    def _view(self, one: Segment, sizes: Mapping[str, int], as_of: datetime | None) -> SegmentView:
        from knotwork_resolvers.segments import tree_of

        file = self.definitions().files[one.name]
        own = file != str(self._places.policy)
        size = sizes.get(one.name, 0)
        return SegmentView(one.name, one.title, one.purpose, size, as_of, tree_of(one), Path(file).name, own)
