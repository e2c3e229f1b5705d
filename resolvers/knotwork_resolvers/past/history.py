"""The values that histories are told in. Times are when readers first saw it, that is when a run was published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from knotwork_graph.model import Status


@dataclass(frozen=True, slots=True)
class Period:
    """From when to when (None: still) an identifier was a customer's (empty: nobody's), in which status, and why.

    ``run`` brought it about; ``change`` and ``cause`` are those of the change feed (created, merged, split, moved or
    retired; event, expiry, decision, policy change, erasure), or "sent back" where readers were sent to an older run.
    """

    since: datetime
    until: datetime | None
    customer: str
    status: Status
    reason: str
    run: int
    change: str = ""
    cause: str = ""


@dataclass(frozen=True, slots=True)
class IdentifierHistory:
    """Whose an identifier was, oldest first; no periods where no run was ever published that looked at it."""

    key: str
    periods: tuple[Period, ...] = ()


@dataclass(frozen=True, slots=True)
class Handed:
    """How many ``identifiers`` came from a customer, or went to it (empty: nobody), with some of their ``keys``."""

    customer: str
    identifiers: int
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """What a customer ``gained`` and ``lost`` when ``run`` was published, and how many identifiers it ``held`` then.

    ``changes`` and ``causes`` are those of the change feed, or "sent back" where readers were sent to an older run.
    """

    at: datetime
    run: int
    held: int
    gained: tuple[Handed, ...]
    lost: tuple[Handed, ...]
    changes: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Led:
    """From when to when (None: still) a retired id led to its heirs; to nobody where there are none."""

    since: datetime
    until: datetime | None
    heirs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CustomerHistory:
    """What became of a customer, oldest first, and where its id ever led. ``left_out``: how many older turns are not
    told.
    """

    id: str
    turns: tuple[Turn, ...] = ()
    led: tuple[Led, ...] = ()
    left_out: int = 0
