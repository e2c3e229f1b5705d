"""``generate`` and ``demo``: a made population, and the whole way from its events to its customers."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from knotwork.cli.commands import loading, serving
from knotwork.cli.invocation import Invocation, invocation_of
from knotwork.cli.terminal import counting, progress, say, steps
from knotwork_graph.counted import counted
from knotwork_graph.errors import UsageError

if TYPE_CHECKING:
    from knotwork.cli.face import WorkspaceFace
    from knotwork_graph.model import LoadReport
    from knotwork_seeds import Generated

DEMO_FOLDER = Path("demo-workspace")
SETTINGS_FILE = "knotwork.toml"
MADE = "made"
LOOKED_AT = 50
PEOPLE, MONTHS, SEED = 1000, 18, 1

EventForm = Literal["jsonl", "parquet"]
PeopleOption = Annotated[int, typer.Option("--people", min=1, metavar="N", help="How many people to make up.")]


def generate(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to write to.")],
    people: PeopleOption = PEOPLE,
    months: Annotated[int, typer.Option(min=1, max=120, metavar="M", help="Over how many months.")] = MONTHS,
    seed: Annotated[int, typer.Option(min=0, metavar="S", help="The same seed gives the same bytes.")] = SEED,
    form: Annotated[EventForm, typer.Option("--format", help="The form of the events.")] = "jsonl",
) -> None:
    """Make up a population. Its events, and the truth about whose they are."""
    made = make(folder, people=people, months=months, seed=seed, form=form)
    say(f"made {counted(made.people, 'person', 'people')} and {counted(made.events, 'event')} in {folder}")


def make(folder: Path, *, people: int, months: int = MONTHS, seed: int = SEED, form: EventForm = "jsonl") -> Generated:
    """Write a population to ``folder``; how much it was."""
    from knotwork_seeds import Population
    from knotwork_seeds import generate as generate_population

    with progress("making up people") as moved:
        return generate_population(folder, Population(people, months, seed), format=form, progress=moved)


def demo(
    ctx: typer.Context,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="End when the customers are there.")] = False,
    people: PeopleOption = PEOPLE,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, metavar="PORT", help="The explorer's port; 0 takes any free one.")
    ] = None,
) -> None:
    """Walk through a sample. Makes people up, loads, resolves and opens the explorer."""
    from knotwork.cli.show.resolving import show_run

    began = monotonic()
    invocation = invocation_of(ctx)
    folder = invocation.folder if invocation.named else DEMO_FOLDER
    workspace = sample_workspace(invocation, folder, people)
    ctx.call_on_close(workspace.close)
    loading.show(load_sample(workspace, folder))
    with steps("resolving") as tell:
        report = workspace.resolve(tell=tell)
    show_run(report, dry_run=False)
    say(f"From nothing to customers in {monotonic() - began:.0f} s.")
    what_next(workspace, folder)
    if not no_serve:  # the people are made up, so nothing of theirs needs a mask
        serving.listen(workspace, host=None, port=port, show_personal=True)


def sample_workspace(invocation: Invocation, folder: Path, people: int) -> WorkspaceFace:
    """The sample workspace in ``folder``, made where it is not there yet; an interrupted one is completed."""
    import knotwork

    made = folder / MADE / f"{people}-people"
    refuse_others(folder, made)
    if not (folder / SETTINGS_FILE).exists():
        (folder / MADE).mkdir(parents=True, exist_ok=True)
        knotwork.init(folder)
    if not made.exists():
        unfinished = made.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        population = make(unfinished, people=people)
        unfinished.rename(made)
        say(
            f"made {counted(population.people, 'person', 'people')} and {counted(population.events, 'event')} in {made}"
        )
    return invocation.opener(folder)


def refuse_others(folder: Path, made: Path) -> None:
    """Raise ``UsageError`` where the folder is somebody's own workspace, or holds another sample than this."""
    others = [each.name for each in (folder / MADE).glob("*-people") if each != made]
    if others:
        raise UsageError(
            f"{folder} holds the sample of {others[0]}. Remove the folder, or name another: --workspace DIR"
        )
    if (folder / SETTINGS_FILE).exists() and not (folder / MADE).is_dir():
        raise UsageError(
            f"{folder} is a workspace of your own; made-up people do not belong in it. Name another folder."
        )


def load_sample(workspace: WorkspaceFace, folder: Path) -> LoadReport:
    """The count of loading the sample's events; what was loaded before is a duplicate now."""
    (made,) = (folder / MADE).glob("*-people")
    with counting("loading", "rows") as moved:
        return workspace.load(made / "events", progress=moved)


def what_next(workspace: WorkspaceFace, folder: Path) -> None:
    """Print what to try on the sample, with a customer of it who was seen in many ways."""
    customers, _ = workspace.customers(LOOKED_AT, None)
    example = max(customers, key=lambda each: len({one.type for one in each.identifiers}))
    say("Try:")
    for command in (*(f"{verb} {example.id}" for verb in ("customer", "journey", "draw")), "export members", "doctor"):
        say(f"  {program()} --workspace {folder} {command}")


def program() -> str:
    """How to type this very command here: by its name where the PATH leads to it, else by its path."""
    here = Path(sys.argv[0])
    found = shutil.which("knotwork")
    if here.name != "knotwork" or (found and Path(found).resolve() == here.resolve()):
        return "knotwork"
    return os.path.relpath(here)
