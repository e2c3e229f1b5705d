"""What ``why`` and ``why_not`` answer: values only. ``wording`` turns them into text, and JSON is their fields."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from knotwork_graph.model import Status

Ends = tuple[str, str]
"""The keys of a link's two identifiers, in the order of the path that it lies on."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One side of the question: what was ``asked``, the identifier that stands for it, and whose it is.

    ``customer`` is empty where the identifier belongs to nobody; ``reason`` says why it may not link.
    """

    asked: str
    key: str
    customer: str
    status: Status = Status.LINKING
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """A steward's decision that holds or parts two identifiers, or says what one may do."""

    number: int
    kind: str
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class SampleEvent:
    """One event that showed both ends of a link."""

    source: str
    message_id: str
    timestamp: datetime
    event: str


@dataclass(frozen=True, slots=True)
class Link:
    """One edge with its evidence. ``weight`` is its evidence weight at the moment of the run.

    ``bridge``: nothing else joins its two sides. ``decided``: a steward's must-link, which no weight outweighs
    (``weight`` is None) and which no event need have shown (``count`` may be 0); ``said`` is that decision.
    ``matched``: the probability with which the model ``model`` holds both for one person's; no event has shown it.
    """

    a: str
    b: str
    count: int
    vouched: int
    first_seen: datetime | None
    last_seen: datetime | None
    sources: tuple[str, ...]
    weight: float | None
    bridge: bool = False
    decided: bool = False
    samples: tuple[SampleEvent, ...] = ()
    said: Said | None = None
    matched: float | None = None
    model: str = ""


@dataclass(frozen=True, slots=True)
class Path:
    """A way from one identifier to another: ``identifiers`` along it, the ``links`` between, the weakest weight.

    ``weakest`` is None where stewards decided every link.
    """

    identifiers: tuple[str, ...]
    links: tuple[Link, ...]
    weakest: float | None


@dataclass(frozen=True, slots=True)
class Why:
    """Why two identifiers are one customer.

    ``paths``: the strongest first. ``cut_identifiers`` and ``cut_links``: each of them, taken away alone, separates the
    two; in the order in which one meets them on the way. ``left_out``: what was not looked at, in sentences. Where
    ``together`` is false the two are not one customer, and all but both sides is empty.
    """

    a: Asked
    b: Asked
    together: bool
    run: int
    moment: datetime
    identifiers: int = 0
    links: int = 0
    paths: tuple[Path, ...] = ()
    cut_identifiers: tuple[str, ...] = ()
    cut_links: tuple[Ends, ...] = ()
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What one identifier was seen with: the ``links`` of most evidence first, in a bounded number.

    ``left_out`` says in words what there is besides.
    """

    key: str
    links: tuple[Link, ...] = ()
    left_out: tuple[str, ...] = ()


class ObstacleKind(StrEnum):
    """What can stand between two customers."""

    SEVERED = "severed"
    EXPIRED = "expired"
    FORBIDDEN = "forbidden"
    UNRESOLVED = "unresolved"
    SHARED = "shared"
    BLOCKED = "blocked"
    INVALID = "invalid"
    CROWDED = "crowded"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing that keeps two sides apart: a link that does not hold, or an identifier or event that may not link.

    ``identifiers``: the link's ends, the one identifier, or the event's identifiers of both sides. ``rule``: the
    setting or decision behind it; ``collided``: the values that collided; ``reason``: the same in words; ``said``: the
    steward's decision behind it, where one is.
    """

    kind: ObstacleKind
    identifiers: tuple[str, ...]
    reason: str
    rule: str = ""
    collided: str = ""
    link: Link | None = None
    sample: SampleEvent | None = None
    said: Said | None = None


class ChangeKind(StrEnum):
    """How an obstacle can be taken away."""

    DECISION = "decision"
    POLICY = "policy"
    RESOLVE = "resolve"
    EVENT = "event"


@dataclass(frozen=True, slots=True)
class Change:
    """One change that takes an obstacle away, in words; ``setting`` and ``value`` where the policy would say it.

    ``enough``: whether the two sides would be one customer after it and the changes of the same kind in the other
    steps, as a trial by the rules of resolution showed; None where it could not be tried.
    """

    kind: ChangeKind
    words: str
    setting: str = ""
    value: str = ""
    enough: bool | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One obstacle on the shortest way from one side to the other, and the changes that would each remove it."""

    obstacle: Obstacle
    remedies: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Collision:
    """A limit that the two sides together would break: ``held`` values of the type (or identifiers) over ``limit``."""

    setting: str
    limit: int
    held: int
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why two identifiers are not one customer.

    ``between``: all that stands directly between the two sides. ``steps``: the smallest change that would join them, an
    obstacle each; empty where no chain of events leads from one to the other. ``collisions``: the limits that would
    still hold them apart after it. ``otherwise``: what joins them whatever stands between. ``left_out``: what was not
    looked at. Where ``together`` is true they are one customer, and all but both sides is empty.
    """

    a: Asked
    b: Asked
    together: bool
    run: int
    moment: datetime
    between: tuple[Obstacle, ...] = ()
    steps: tuple[Step, ...] = ()
    collisions: tuple[Collision, ...] = ()
    otherwise: tuple[Change, ...] = ()
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
