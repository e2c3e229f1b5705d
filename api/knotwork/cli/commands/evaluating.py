"""``evaluate``: customers beside a known truth."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol, cast

import typer

from knotwork.cli.documents import document
from knotwork.cli.invocation import workspace_of
from knotwork.cli.options import FormOption
from knotwork.cli.terminal import heading, say, table
from knotwork_graph.counted import counted

if TYPE_CHECKING:
    from knotwork_resolvers.evaluate import CauseFigures, Evaluation, Score

CAUSE_COLUMNS = ("cause", "identifiers", "merged customers", "wrong pairs", "split people", "missed pairs")


class Judge(Protocol):
    """What this command asks of a workspace."""

    def evaluate(self, truth: Path) -> Evaluation:
        """How the published customers agree with a known truth."""


def evaluate(
    ctx: typer.Context,
    truth: Annotated[Path, typer.Argument(metavar="TRUTH", help="CSV or Parquet: type, value, person, maybe cause.")],
    form: FormOption = "text",
) -> None:
    """Judge the customers by a known truth. Precision and recall, what is reachable, and what went wrong."""
    found = cast("Judge", workspace_of(ctx)).evaluate(truth)
    print(document(found)) if form == "json" else show(found)


def show(found: Evaluation) -> None:
    """Print the figures, the most telling first."""
    people = counted(found.people, "person is", "people are")
    say(f"run {found.run}: {people} {counted(found.customers, 'customer')}")
    say(judged(found))
    scores = [scored("pairwise", found.pairwise), scored("B-cubed", found.bcubed)]
    table(("", "precision", "recall", "F1"), scores, numbers=("precision", "recall", "F1"))
    say(f"exact identifiers can reach a recall of {found.reach.ceiling:.4f}")
    say(reached(found))
    say(f"largest customer {counted(found.largest_customer, 'identifier')}, largest person {found.largest_person:,}")
    say(f"held by a customer and not in the truth: {counted(found.coverage.not_in_truth, 'identifier')}")
    if found.causes:
        heading("By cause")
        table(CAUSE_COLUMNS, [row(one) for one in found.causes], numbers=CAUSE_COLUMNS[1:])


def reached(found: Evaluation) -> str:
    """How much of what is reachable was reached, as words."""
    return f"{percent(found.reach.reachable_recall)} of it is reached, {percent(found.reach.kept)} of the very pairs"


def judged(found: Evaluation) -> str:
    """How much of the truth could be judged, as words."""
    rest = found.coverage
    return (
        f"{rest.judged:,} of {counted(rest.in_truth, 'identifier')} judged ({rest.not_seen:,} never seen,"
        f" {rest.of_several:,} of several people, {rest.of_nobody:,} of nobody)"
    )


def scored(name: str, score: Score) -> tuple[str, ...]:
    """A row of figures with four digits."""
    return name, f"{score.precision:.4f}", f"{score.recall:.4f}", f"{score.f1:.4f}"


def percent(share: float) -> str:
    """A share in hundredths.

    >>> percent(0.9876)
    '98.8 %'
    """
    return f"{share:.1%}".replace("%", " %")


def row(one: CauseFigures) -> tuple[str, ...]:
    """A cause as cells."""
    counts = one.identifiers, one.over_customers, one.over_pairs, one.under_people, one.under_pairs
    return one.cause or "(no label)", *(f"{count:,}" for count in counts)
