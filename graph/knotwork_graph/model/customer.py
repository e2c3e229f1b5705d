"""Customers as people meet them: an id for ever, its identifiers, and its journey."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from knotwork_graph.model.identifier import Status

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U, so that an id can be read out
DIGITS = 10
PREFIX = "cus_"


def customer_id(number: int) -> str:
    """The id of the customer with this number (1 and up): fixed width, so ids sort as the numbers do.

    >>> customer_id(33)
    'cus_0000000011'
    """
    if not 0 < number < 32**DIGITS:
        raise ValueError(f"{number} is no customer number")
    return PREFIX + "".join(ALPHABET[(number >> (5 * place)) & 31] for place in reversed(range(DIGITS)))


def customer_number(text: str) -> int | None:
    """The number behind a customer id, or None where ``text`` is none; case does not matter.

    >>> customer_number("cus_0000000011"), customer_number("lan"), customer_number("cus_11")
    (33, None, None)
    """
    body = text.strip().upper().removeprefix(PREFIX.upper())
    if len(body) != DIGITS or not text.strip().lower().startswith(PREFIX) or set(body) - set(ALPHABET):
        return None
    number = 0
    for digit in body:
        number = number * 32 + ALPHABET.index(digit)
    return number or None


@dataclass(frozen=True, slots=True)
class IdentifierView:
    """One identifier of a customer, with its status, the reason for it, and how its events saw it."""

    type: str
    value: str
    status: Status = Status.LINKING
    reason: str = ""
    events: int = 0
    first_seen: datetime | None = None
    last_seen: datetime | None = None

    @property
    def key(self) -> str:
        """``type:value``."""
        return f"{self.type}:{self.value}"


@dataclass(frozen=True, slots=True)
class EdgeView:
    """One edge between two keys, with its evidence.

    ``kind`` is linking, expired (not seen for too long), idle (an end links nothing: shared, blocked or too crowded
    an event), severed (cut, ``detail`` says why), decided (by a steward) or matched (by a model).
    """

    a: str
    b: str
    count: int
    vouched: int
    first_seen: datetime
    last_seen: datetime
    sources: tuple[str, ...] = ()
    kind: str = "linking"
    detail: str = ""


@dataclass(frozen=True, slots=True)
class JourneyEvent:
    """One event of a journey: when, where, what; the session it falls in; what carried it, and why it belongs here.

    ``known`` says whether the person was known then; ``stitched_at`` when what it bears first led to a known one, and
    ``stitches`` which of its identifiers did so by this very event. ``path`` are the keys from the carrier to the known
    one, over edges; ``run`` is the one since which the carrier belongs to the customer; ``device`` is the browser or
    machine that it happened on, and ``customer`` whose it is where the events of a device are told.
    """

    timestamp: datetime
    source: str
    message_id: str
    channel: str
    event: str
    session: int
    carrier: str
    reason: str
    known: bool
    identifiers: tuple[str, ...] = ()
    traits: dict[str, Any] = field(default_factory=dict)
    properties: dict[str, Any] = field(default_factory=dict)
    consent: dict[str, Any] = field(default_factory=dict)
    event_id: int = 0
    stitched_at: datetime | None = None
    stitches: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    run: int = 0
    device: str = ""
    customer: str = ""


@dataclass(frozen=True, slots=True)
class CustomerView:
    """One customer: the id, its identifiers by (priority, type, value), its traits, and the figures of its events.

    With ``known_at`` it is who readers saw at that moment, by ``run``; the figures of events are then left out, also
    those of the identifiers, since they are counted from all that is known today.
    """

    id: str
    identifiers: tuple[IdentifierView, ...]
    profile: Mapping[str, Any] = field(default_factory=dict)
    events: int = 0
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    redirected_from: str = ""
    known_at: datetime | None = None
    run: int = 0


@dataclass(frozen=True, slots=True)
class ClusterView:
    """The graph of one customer. A severed edge has one end outside ``identifiers``: it leads to another customer."""

    customer: str
    identifiers: tuple[IdentifierView, ...]
    edges: tuple[EdgeView, ...]


@dataclass(frozen=True, slots=True)
class Heirs:
    """Where an old id leads: to one customer, or after a split to several."""

    asked: str
    customers: tuple[str, ...]
