"""Changes to the workspace itself: events are sent, runs made and chosen, one record is unmasked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import strawberry
from strawberry.scalars import JSON

from knotwork.access.masks import Mask
from knotwork.access.roles import sends, unmasks
from knotwork.graphql.browsing import heir
from knotwork.graphql.changing import Change, Conflict, once
from knotwork.graphql.context import Context, Info
from knotwork.graphql.errors import problem
from knotwork.graphql.types import CustomerType
from knotwork.service.runs import Sent
from knotwork_graph.model import Heirs

MOST_EVENTS = 1_000


@strawberry.input(description="Events to be taken in.")
class LoadEventsInput(Change):
    """Events."""

    events: list[JSON] = strawberry.field(description="At most 1000 events, each an object as a line of a file has it.")


@strawberry.input(description="A run that readers shall see.")
class ChooseRunInput(Change):
    """A run."""

    number: int | None = strawberry.field(
        default=None, description="The number of the run; to roll back, the one seen before without."
    )
    if_revision: int | None = strawberry.field(
        default=None, description="The run that you saw being served: where another is by now, nothing is done."
    )


@strawberry.input(description="Recompute everything.")
class RecomputeInput(Change):
    """Nothing more to say."""


@strawberry.input(description="One customer to be seen in clear.")
class UnmaskInput(Change):
    """Whom, and why."""

    customer: strawberry.ID = strawberry.field(description="The customer's id, or an identifier as type:value.")
    reason: str = strawberry.field(description="Why; it is kept in the audit chain, with your name.")


@strawberry.type(description="What became of the events: received = accepted + duplicate + rejected.")
class EventsLoaded:
    """Counts."""

    client_mutation_id: str | None = strawberry.field(description="What you sent.")
    received: int = strawberry.field(description="How many there were.")
    accepted: int = strawberry.field(description="How many are new, and durable now.")
    duplicate: int = strawberry.field(description="How many were there already.")
    rejected: int = strawberry.field(description="How many cannot be taken; they lie in a file of dead letters.")
    problems: list[str] = strawberry.field(description="What is wrong with each rejected one, by its place from 1.")
    waiting: bool = strawberry.field(description="Whether customers will hold them only after the next run.")


@strawberry.type(description="Where readers are sent.")
class ReadersSent:
    """A move."""

    client_mutation_id: str | None = strawberry.field(description="What you sent.")
    before: int = strawberry.field(description="The run that they saw.")
    now: int = strawberry.field(description="The run that they see now.")
    remarks: list[str] = strawberry.field(description="What comes next.")


@strawberry.type(description="The job has begun, in a process of its own; its run appears among `runs`.")
class RecomputeStarted:
    """A job."""

    client_mutation_id: str | None = strawberry.field(description="What you sent.")
    started: bool = strawberry.field(description="Always true.")


@strawberry.type(description="One customer in clear. Who saw it, and why, is in the audit chain.")
class Unmasked:
    """A customer."""

    client_mutation_id: str | None = strawberry.field(description="What you sent.")
    customer: CustomerType = strawberry.field(description="The customer, in clear.")


Chosen = Annotated[
    ReadersSent | Conflict, strawberry.union("ChooseRunOutcome", description="What came of choosing a run.")
]
SomeEvents = Annotated[LoadEventsInput, strawberry.argument(description="The events.")]
OneRun = Annotated[ChooseRunInput, strawberry.argument(description="Which run.")]
Again = Annotated[RecomputeInput, strawberry.argument(description="Nothing more to say.")]
Whom = Annotated[UnmaskInput, strawberry.argument(description="Whom, and why.")]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What is remembered of a load."""

    received: int
    accepted: int
    duplicate: int
    rejected: int
    problems: tuple[str, ...]
    waiting: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """What is remembered of a move: ``held`` is set where another run was served than was expected."""

    before: int
    now: int
    words: tuple[str, ...] = ()
    held: int | None = None


@strawberry.type
class Operating:
    """The workspace itself."""

    @strawberry.mutation(description="Take in events, durably. For collectors and administrators.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def load_events(self, info: Info, input: SomeEvents) -> EventsLoaded:  # noqa: A002 - the argument's public name
        """Take them in."""
        context: Context = info.context
        context.permitted(sends(context.caller.role), "send events; ask for a collector's token")
        events: list[Any] = [*input.events]
        if not 1 <= len(events) <= MOST_EVENTS or not all(isinstance(one, dict) for one in events):
            raise problem("BAD_REQUEST", f"send 1 to {MOST_EVENTS} events, each an object")

        def do() -> Loaded:
            report = context.explorer.collect(events)
            load = report.load
            problems = tuple(f"{one.place}: {one.reason}" for one in report.outcomes if one.reason)
            waiting = report.resolved is not None and report.resolved.how == "waiting"
            return Loaded(load.received, load.accepted, load.duplicate, load.rejected, problems, waiting)

        made = await once(context, "loadEvents", input, do, Loaded)
        return EventsLoaded(
            client_mutation_id=input.client_mutation_id,
            received=made.received,
            accepted=made.accepted,
            duplicate=made.duplicate,
            rejected=made.rejected,
            problems=list(map(context.mask.text, made.problems)),
            waiting=made.waiting,
        )

    @strawberry.mutation(description="Recompute everything beside what is served; gates publish or hold it.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def recompute(self, info: Info, input: Again) -> RecomputeStarted:  # noqa: A002 - the argument's public name
        """Start the job."""
        context: Context = info.context
        context.administering()

        def do() -> bool:
            context.jobs.start(context.explorer.folder)
            return True

        await once(context, "recompute", input, do, bool)
        return RecomputeStarted(client_mutation_id=input.client_mutation_id, started=True)

    @strawberry.mutation(description="Let readers see a run, older or newer; one that was held is made anew.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def publish_run(self, info: Info, input: OneRun) -> Chosen:  # noqa: A002 - the argument's public name
        """Send readers to it."""
        if input.number is None:
            raise problem("BAD_REQUEST", "which run? Give its number")
        return await move(info.context, "publishRun", input)

    @strawberry.mutation(description="Send readers back to a run, or to the one they saw before.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def rollback_run(self, info: Info, input: OneRun) -> Chosen:  # noqa: A002 - the argument's public name
        """Send readers back."""
        return await move(info.context, "rollbackRun", input)

    @strawberry.mutation(description="See one customer in clear, for a reason that is kept. For stewards.")  # type: ignore[untyped-decorator]  # Strawberry types it Any
    async def unmask(self, info: Info, input: Whom) -> Unmasked:  # noqa: A002 - the argument's public name
        """Keep the reason first; then show."""
        context: Context = info.context
        context.permitted(unmasks(context.caller.role), "see anybody in clear; ask for a steward's token")
        if len(input.reason.strip()) < 5:
            raise problem("BAD_REQUEST", "say why, in words that somebody understands in a year")
        found = await context.ask(lambda: context.explorer.customer(str(input.customer)))
        view = await heir(context, found) if isinstance(found, Heirs) else found
        caller, audit = context.caller, context.explorer.audit
        await context.ask(lambda: audit.audit("unmasking", caller.name, view.id, input.reason.strip()))
        shown = CustomerType.of(view, context, Mask(caller.role, clear=True))
        return Unmasked(client_mutation_id=input.client_mutation_id, customer=shown)


async def move(context: Context, name: str, given: ChooseRunInput) -> Chosen:
    """Send readers to a run, unless another is served than the caller saw."""
    context.administering()
    runs = context.explorer.runs

    def do() -> Moved:
        served = next((one.run.number for one in runs.list(every=True) if one.served), 0)
        if given.if_revision is not None and given.if_revision != served:
            return Moved(served, served, held=served)
        publish = name == "publishRun" and given.number is not None
        by = context.caller.name
        sent: Sent = runs.publish(given.number or 0, by=by) if publish else runs.rollback(given.number, by=by)
        return Moved(sent.before, sent.now, sent.words)

    made = await once(context, name, given, do, Moved)
    if made.held is not None:
        words = f"readers see run {made.held}, and not the one you saw"
        return Conflict(client_mutation_id=given.client_mutation_id, message=words, revision=str(made.held))
    return ReadersSent(
        client_mutation_id=given.client_mutation_id, before=made.before, now=made.now, remarks=list(made.words)
    )
