"""``policy check``: what the data say about the policy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Protocol, cast

import typer

from knotwork.cli.documents import document
from knotwork.cli.invocation import workspace_of
from knotwork.cli.options import FormOption
from knotwork.cli.terminal import heading, remark, say, steps, table

if TYPE_CHECKING:
    from knotwork.service.advice import PolicyAdvice
    from knotwork_resolvers.advice import Advice, Spread

SPREADS = ("", "counted", "middle", "99 of 100", "999 of 1000", "largest")


class Adviser(Protocol):
    """What this command asks of a workspace."""

    def check_policy(
        self, types: Sequence[str], *, show_personal: bool, tell: Callable[[str], None] | None
    ) -> Sequence[PolicyAdvice]:
        """What the data say about each of these identifier types, or about all."""


def policy_group() -> typer.Typer:
    """The commands behind ``knotwork policy``."""
    group = typer.Typer(name="policy")
    group.callback()(everything)
    group.command()(check)
    return group


def everything() -> None:
    """Look at the policy beside the data. `policy check` suggests limits that fit them."""


def check(
    ctx: typer.Context,
    types: Annotated[
        list[str] | None, typer.Argument(metavar="[TYPE]...", help="Identifier types; all there are without any.")
    ] = None,
    show_personal: Annotated[
        bool, typer.Option("--show-personal", help="Show suspected values in clear, and write them out to be blocked.")
    ] = False,
    form: FormOption = "text",
) -> None:
    """Count what each type would do. Suggests limits, with the policy text to paste; changes nothing."""
    workspace = cast("Adviser", workspace_of(ctx))
    with steps("checking") as tell:
        found = workspace.check_policy(types or (), show_personal=show_personal, tell=tell)
    if form == "json":
        print(document(found))
        return
    for one in found:
        show(one)
    remark("Paste what you agree with into knotwork.toml, then look: knotwork resolve --dry-run")


def show(found: PolicyAdvice) -> None:
    """Print the advice on one type."""
    advice = found.advice
    heading(advice.type if advice.named else f"{advice.type} (not in the policy)")
    say(f"{advice.values:,} values link, {advice.unusable:,} do not")
    table(SPREADS, [spread(*each) for each in spreads(advice)], numbers=SPREADS[1:])
    joined = f"customers in it {advice.joined_unlimited:,}"
    say(f"without limits: largest cluster {advice.largest_unlimited:,} identifiers, {joined}")
    say(f"largest customer now {advice.largest_now:,}, as suggested {advice.largest_suggested:,}")
    if not advice.named and advice.suggested.max_per_customer == 1:
        say("Nearly every customer has one, so it looks like an account: give it a section, as below.")
    suspects(advice)
    say()
    say(found.text.rstrip())


def spreads(advice: Advice) -> list[tuple[str, Spread]]:
    """The counts of one type with their names."""
    counts = [("values per customer", advice.per_customer), ("customers per value", advice.per_value)]
    return counts + [(f"{one.type} per value", one.spread) for one in advice.degrees]


def spread(name: str, counts: Spread) -> tuple[str, ...]:
    """Counts as cells."""
    figures = counts.counted, counts.median, counts.p99, counts.p999, counts.largest
    return name, *(f"{one:,}" for one in figures)


def suspects(advice: Advice) -> None:
    """Print the suspected values, where there are any."""
    if not advice.suspects:
        return
    say(f"{advice.suspected:,} suspected values; those that touch most customers:")
    rows = [(one.value, f"{one.customers:,}", one.reason) for one in advice.suspects]
    table(("value", "customers", "why"), rows, numbers=("customers",))
