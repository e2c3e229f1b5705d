"""Reads what the profile of one customer is made of: its own events, and what others' events say of its identifiers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from knotwork_graph.model import Identifier, IdentifierView, Status, from_micros
from knotwork_graph.policy import Policy
from knotwork_resolvers.generation.customer_events import BUT_RAW, CustomerEvents
from knotwork_resolvers.profiles.assembling import Material, profile_of
from knotwork_resolvers.profiles.claims import Telling, claims_of
from knotwork_resolvers.profiles.consent import Said
from knotwork_resolvers.profiles.figures import Deed
from knotwork_resolvers.profiles.survivorship import ranked

if TYPE_CHECKING:
    import pyarrow as pa

    from knotwork_resolvers.home import Home
    from knotwork_resolvers.profiles.moment import Moment
    from knotwork_resolvers.profiles.profile import Profile

TIME_COLUMNS = ("event_id", "customer", "timestamp")
FIGURE_COLUMNS = (*TIME_COLUMNS, "source", "traits", "vouched")
TOLD = ["event_id", "timestamp", "source", "traits", "vouched"]
ALLOWED = ["timestamp", "source", "bears", "consent"]
OF_OTHERS = ("event_id", "timestamp", "source", "consent", "bears")


@dataclass(frozen=True, slots=True)
class EventFigures:
    """How many events a customer has, when the first and the last were, and the surviving value of each trait."""

    events: int = 0
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    profile: dict[str, Any] = field(default_factory=dict)


class ProfileReader:
    """Profiles of one customer after the other; safe to call from several threads."""

    def __init__(self, home: Home, policy: Policy) -> None:
        self._home, self._policy = home, policy
        self._events = CustomerEvents(home, policy)

    def profile(self, customer: int, identifiers: tuple[IdentifierView, ...], moment: Moment) -> Profile:
        """The profile of a customer who holds ``identifiers``. Milliseconds; O(events of the customer)."""
        return profile_of(self.material(customer, identifiers), self._policy, moment)

    def figures(
        self,
        customers: Sequence[int],
        rows: dict[int, pa.Table] | None = None,
        also: Sequence[str] = (),
        *,
        traits: bool = True,
    ) -> dict[int, EventFigures]:
        """The figures and the surviving traits of each of ``customers`` that has an event.

        ``rows`` is given what was read of their events, with the columns that are wanted ``also``, for whoever asks for
        their journeys next. Without ``traits`` nothing but times is read, in a tenth of the time.
        """
        wanted = FIGURE_COLUMNS if traits else TIME_COLUMNS
        found = self._events.rows_of(customers, [*dict.fromkeys((*wanted, *also))])
        if rows is not None:
            rows.update(found)
        return {
            customer: _figures(rows, surviving_values(rows, self._policy) if traits else {})
            for customer, rows in found.items()
            if len(rows)
        }

    def several(self, held: Mapping[int, tuple[IdentifierView, ...]], moment: Moment) -> dict[int, Profile]:
        """The profiles of several customers, by what each holds, at the statements of one."""
        ids = self._ids([one for own in held.values() for one in own])
        base, found = self._home.store.state().base, self._events.rows_of(list(held), BUT_RAW)
        return {
            number: profile_of(self._material(rows, held[number], ids, base), self._policy, moment)
            for number, rows in found.items()
        }

    def material(self, customer: int, identifiers: tuple[IdentifierView, ...]) -> Material:
        """What the profile is made of."""
        rows = self._events.rows(customer, BUT_RAW)
        return self._material(rows, identifiers, self._ids(identifiers))

    def said(self, customer: int, identifiers: Sequence[IdentifierView]) -> list[Said]:
        """The words on consent alone: a fraction of the price of all the ``material``."""
        return self._said(self._events.rows(customer, OF_OTHERS), identifiers, self._ids(identifiers))

    def _ids(self, identifiers: Sequence[IdentifierView]) -> dict[str, int]:
        """The ids of the linking ones, by key."""
        linking = [Identifier(one.type, one.value) for one in identifiers if one.status is Status.LINKING]
        return self._home.store.ids_of(linking)

    def _material(
        self, rows: pa.Table, identifiers: tuple[IdentifierView, ...], ids: Mapping[str, int], base: int | None = None
    ) -> Material:
        told = self._said(rows, identifiers, ids, base)
        return Material(identifiers, deeds_of(rows), tellings_of(rows), told, Named(rows))

    def _said(
        self, rows: pa.Table, identifiers: Sequence[IdentifierView], ids: Mapping[str, int], base: int | None = None
    ) -> list[Said]:
        """The words on consent that bear one of the customer's linking identifiers, on whosever events."""
        own = {one.key: one for one in identifiers if one.status is Status.LINKING and one.key in ids}
        keys, borne = {ids[key]: key for key in own}, Counter(_flat(rows["bears"]))
        elsewhere = [number for number, key in keys.items() if borne[number] != own[key].events]
        told = said_of(rows, keys)
        if elsewhere:
            told += said_of(self._others(rows, sorted(elsewhere), base), keys)
        return told

    def _others(self, rows: pa.Table, ids: Sequence[int], base: int | None) -> pa.Table:
        """The events that bear one of ``ids`` and are not among ``rows``."""
        import numpy as np
        import pyarrow as pa

        opened, base = self._home.opened, self._home.store.state().base if base is None else base
        with opened.turn:
            file, since = opened.base(base), opened.since(base)
            places = np.unique(file.bearing(np.array(ids, np.int64)).event)
            later = since.of_events(sorted({event for _, _, event in since.bearing(ids)})).select(list(OF_OTHERS))
            found = pa.concat_tables([file.at(places, OF_OTHERS).cast(later.schema), later])
        own = np.isin(found["event_id"].to_numpy(), rows["event_id"].to_numpy())
        return found.filter(pa.array(~own))


class Named(Mapping[int, tuple[str, str]]):
    """The message id and the name of each event, by id; put together when first asked."""

    __slots__ = ("_found", "_rows")

    def __init__(self, rows: pa.Table) -> None:
        self._rows = rows
        self._found: dict[int, tuple[str, str]] | None = None

    @property
    def _names(self) -> dict[int, tuple[str, str]]:
        if self._found is None:
            columns = (self._rows[name].to_pylist() for name in ("event_id", "message_id", "event"))
            self._found = {number: (message, name or "") for number, message, name in zip(*columns, strict=True)}
        return self._found

    def __getitem__(self, event_id: int) -> tuple[str, str]:
        return self._names[event_id]

    def __iter__(self) -> Any:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def deeds_of(rows: pa.Table) -> list[Deed]:
    """The events as figures need them."""
    columns = (rows[name].to_pylist() for name in ("event", "channel", "properties"))
    return [
        Deed(at, event or "", channel or "", told)
        for at, event, channel, told in zip(_micros(rows), *columns, strict=True)
    ]


def tellings_of(rows: pa.Table) -> list[Telling]:
    """The events that say something of traits."""
    import pyarrow.compute as pc

    told = rows.select(TOLD).filter(pc.is_valid(rows["traits"]))
    vouched = pc.fill_null(pc.list_value_length(told["vouched"]), 0).to_pylist()
    columns = (told[name].to_pylist() for name in ("event_id", "source", "traits"))
    return [
        Telling(event, at, source, traits, count > 0)
        for event, at, source, traits, count in _in_order(told, columns, vouched)
    ]


def _in_order(rows: pa.Table, columns: Any, vouched: Sequence[int]) -> Any:
    events, sources, traits = columns
    return zip(events, _micros(rows), sources, traits, vouched, strict=True)


def said_of(rows: pa.Table, keys: Mapping[int, str]) -> list[Said]:
    """The words on consent in ``rows``, about those identifiers that ``keys`` names by their ids."""
    import pyarrow.compute as pc

    told = rows.select(ALLOWED).filter(pc.is_valid(rows["consent"]))
    columns = (told[name].to_pylist() for name in ("source", "bears", "consent"))
    return [
        Said(at, source, tuple(keys[one] for one in bears or () if one in keys), body)
        for at, source, bears, body in zip(_micros(told), *columns, strict=True)
    ]


def _figures(rows: pa.Table, traits: dict[str, Any]) -> EventFigures:
    moments = _micros(rows)
    return EventFigures(len(rows), from_micros(moments[0]), from_micros(moments[-1]), traits)


def surviving_values(rows: pa.Table, policy: Policy) -> dict[str, Any]:
    """The value of each trait that survives among the events ``rows`` of one customer; traits by name."""
    return {trait: best.plain for trait, (best, *_) in ranked(claims_of(tellings_of(rows)), policy.profiles).items()}


def _flat(bears: pa.ChunkedArray) -> list[int]:
    return [one for chunk in bears.chunks for one in chunk.flatten().to_pylist()]


def _micros(rows: pa.Table) -> list[int]:
    import pyarrow as pa

    found: list[int] = rows["timestamp"].cast(pa.int64()).to_pylist()
    return found
