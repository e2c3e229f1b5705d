"""The types that explanations are shown in."""

from __future__ import annotations

from datetime import datetime

import strawberry

from knotwork.graphql.counts import Count
from knotwork.graphql.made import twin
from knotwork_resolvers.explain import answers, simulation

TEXT = "The whole answer in words, as the command line prints it."


@twin(answers.Asked, "One side of a question: what was asked, the identifier that stands for it, and whose it is.")
class Asked:
    """One side."""

    asked: str
    key: str
    customer: str
    status: str
    reason: str


@twin(answers.Said, "A steward's decision.", name="StewardsWord")
class Said:
    """A decision, as an answer names it."""

    number: int
    kind: str
    by: str
    at: datetime
    reason: str = strawberry.field(description="Empty where your role sees personal values masked.")


@twin(answers.SampleEvent, "One event that showed both ends of a link.")
class SampleEvent:
    """One event."""

    source: str
    message_id: str
    timestamp: datetime
    event: str


@twin(answers.Link, "One edge with its evidence.")
class Link:
    """One edge."""

    a: str
    b: str
    count: int
    vouched: int
    first_seen: datetime | None
    last_seen: datetime | None
    sources: list[str]
    weight: float | None = strawberry.field(description="None for a must-link, which nothing outweighs.")
    bridge: bool
    decided: bool
    samples: list[SampleEvent]
    said: Said | None


@twin(answers.Neighbours, "What one identifier was seen with.")
class Neighbours:
    """Links."""

    key: str
    links: list[Link] = strawberry.field(description="The links of most evidence first, at most eight.")
    left_out: list[str] = strawberry.field(description="What there is besides, in words.")


@twin(answers.Path, "A way from one identifier to another.")
class Path:
    """A way."""

    identifiers: list[str]
    links: list[Link]
    weakest: float | None


@twin(answers.Why, "Why two identifiers are one customer.")
class Why:
    """An answer."""

    a: Asked
    b: Asked
    together: bool
    run: int
    moment: datetime
    identifiers: int
    links: int
    paths: list[Path] = strawberry.field(description="The strongest first.")
    cut_identifiers: list[str] = strawberry.field(description="Each of them, taken away alone, separates the two.")
    cut_links: list[list[str]] = strawberry.field(description="Each of them, taken away alone, separates the two.")
    left_out: list[str]
    notes: list[str]
    text: str = strawberry.field(description=TEXT)


@twin(answers.Obstacle, "One thing that keeps two sides apart.")
class Obstacle:
    """An obstacle."""

    kind: str
    identifiers: list[str]
    reason: str
    rule: str
    collided: str
    link: Link | None
    sample: SampleEvent | None
    said: Said | None


@twin(answers.Change, "One change that takes an obstacle away.", name="Remedy")
class Change:
    """A change."""

    kind: str
    words: str
    setting: str
    value: str
    enough: bool | None = strawberry.field(description="Whether a trial showed that it joins the two; none: not tried.")


@twin(answers.Step, "One obstacle on the way from one side to the other, and what would remove it.")
class Step:
    """A step."""

    obstacle: Obstacle
    remedies: list[Change]


@twin(answers.Collision, "A limit that the two sides together would break.")
class Collision:
    """A limit."""

    setting: str
    limit: int
    held: int
    values: list[str]


@twin(answers.WhyNot, "Why two identifiers are not one customer.")
class WhyNot:
    """An answer."""

    a: Asked
    b: Asked
    together: bool
    run: int
    moment: datetime
    between: list[Obstacle]
    steps: list[Step] = strawberry.field(description="The smallest change that would join them.")
    collisions: list[Collision]
    otherwise: list[Change]
    left_out: list[str]
    notes: list[str]
    text: str = strawberry.field(description=TEXT)


@twin(simulation.Named, "One customer of an effect.", name="EffectCustomer")
class Named:
    """A customer."""

    id: str
    key: str
    identifiers: int
    new: bool


@twin(simulation.Effect, "Customers that would change together.")
class Effect:
    """An effect."""

    kind: str
    identifiers: int
    customers_before: int
    customers_after: int
    before: list[Named]
    after: list[Named]
    examples: list[str]


@twin(simulation.Simulation, "The same data under another policy; nothing was written.")
class Simulation:
    """An answer."""

    moment: datetime
    before: list[Count]
    after: list[Count]
    unchanged: int
    merged: int
    split: int
    both: int
    adjusted: int
    dissolved: int
    appeared: int
    moved: int
    released: int
    taken: int
    ids_retired: int
    ids_new: int
    churn: float
    effects: list[Effect] = strawberry.field(description="The largest first, at most twenty.")
    all_effects: int
    reread: bool
    notes: list[str]
    warnings: list[str]
    text: str = strawberry.field(description=TEXT)
