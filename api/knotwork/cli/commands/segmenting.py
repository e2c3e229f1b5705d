"""``segment``: what the segments say, who is in them, and why."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Protocol, cast

import typer

from knotwork.cli.commands.looking import asked
from knotwork.cli.documents import document
from knotwork.cli.invocation import workspace_of
from knotwork.cli.options import FormOption, KeyOrId
from knotwork.cli.terminal import remark, say
from knotwork_graph.counted import counted
from knotwork_graph.errors import UsageError

if TYPE_CHECKING:
    from knotwork.service.segments import SegmentService

Name = Annotated[str, typer.Argument(metavar="NAME", help="The name of a segment.")]
RuleFile = Annotated[str, typer.Argument(metavar="FILE", help="A rule as TOML or JSON; - is standard input.")]
First = Annotated[int, typer.Option("--first", min=1, max=1000, help="How many to show.")]


class Segmenting(Protocol):
    """What these commands ask of a workspace."""

    @property
    def segmenting(self) -> SegmentService:
        """The segments."""


def segment_group() -> typer.Typer:
    """The commands behind ``knotwork segment``."""
    group = typer.Typer(name="segment")
    group.callback()(everything)
    group.command("list")(list_segments)
    group.command("show")(show)
    group.command("members")(members)
    group.command("why")(why)
    group.command("history")(history)
    group.command("preview")(preview)
    group.command("define")(define)
    group.command("remove")(remove)
    return group


def everything() -> None:
    """Sets of customers by rules. `list`, `show`, `members`, `why`, `history`, `preview`, `define`, `remove`."""


def list_segments(ctx: typer.Context, form: FormOption = "text") -> None:
    """List the segments with their sizes."""
    from knotwork.cli.show.segments import show_list

    found = service(ctx).segments()
    if form == "json":
        print(document(found))
    elif found:
        show_list(found)
    else:
        remark("No segment is defined yet: docs/segments.md shows how. Try a rule with: knotwork segment preview FILE")


def show(ctx: typer.Context, name: Name, form: FormOption = "text") -> None:
    """Show one segment: its rule, its size, and names in it that nobody knows."""
    from knotwork.cli.show.segments import show_one

    segments = service(ctx)
    found = segments.segment(name)
    warned(segments.warnings(name))
    print(document(found)) if form == "json" else show_one(found, segments.text(name))


def members(
    ctx: typer.Context,
    name: Name,
    first: First = 100,
    after: Annotated[
        str | None, typer.Option("--after", metavar="CUSTOMER_ID", help="Go on after this customer.")
    ] = None,
    form: FormOption = "text",
) -> None:
    """List who is in a segment, by id. `knotwork export segments` writes all members of all segments."""
    from knotwork.cli.show.segments import show_members

    found = service(ctx).members(name, first, after)
    print(document(found)) if form == "json" else show_members(found)


def why(ctx: typer.Context, name: Name, key_or_id: KeyOrId, form: FormOption = "text") -> None:
    """Explain why a customer is in a segment, or is not. Every condition with the value that it looked at."""
    from knotwork.cli.show.segments import show_why

    segments = service(ctx)
    found = asked(lambda: segments.why(name, key_or_id))
    print(document(found)) if form == "json" else show_why(found)


def history(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="The name of a segment; all without it.")] = None,
    customer: Annotated[
        str | None, typer.Option("--customer", metavar="KEY_OR_ID", help="Only this customer's.")
    ] = None,
    first: First = 100,
    form: FormOption = "text",
) -> None:
    """List who came into a segment and who left it, the newest first."""
    from knotwork.cli.show.segments import show_history

    segments = service(ctx)
    found = asked(lambda: segments.history(name, customer, first))
    print(document(found)) if form == "json" else show_history(found)


def preview(ctx: typer.Context, file: RuleFile, form: FormOption = "text") -> None:
    """Say how many customers a rule would hold, and each of its conditions. Writes nothing."""
    from knotwork.cli.show.segments import show_preview

    found = service(ctx).preview(rule_in(file))
    warned(found.warnings)
    print(document(found)) if form == "json" else show_preview(found)


def define(
    ctx: typer.Context,
    name: Name,
    file: RuleFile,
    replace: Annotated[bool, typer.Option("--replace", help="Write a segment anew that is there already.")] = False,
) -> None:
    """Keep a rule as a segment of this workspace."""
    found, warnings = service(ctx).define(name, rule_in(file), replace=replace)
    warned(warnings)
    say(f"segment {found.name}: {counted(found.size, 'customer')}; kept in segments/{found.file}")


def remove(ctx: typer.Context, name: Name) -> None:
    """Take away a segment that has a file of its own. Its history stays."""
    service(ctx).remove(name)
    say(f"removed segment {name}")


def rule_in(file: str) -> Mapping[str, Any] | str:
    """The rule in a file: JSON where it begins as an object does, else TOML. Raises ``UsageError``."""
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8-sig")
        if not text.lstrip().startswith("{"):
            return text
        read: Mapping[str, Any] = json.loads(text)
    except json.JSONDecodeError as error:
        raise UsageError(
            f"{file}: line {error.lineno}, column {error.colno}: this is not JSON. Mend it there."
        ) from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{file}: this is no text in UTF-8. Save it as UTF-8.") from error
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}. Name a file with a rule, or - for standard input.") from error
    return read


def warned(warnings: tuple[str, ...]) -> None:
    """Tell of what is doubtful, beside the answer."""
    for one in warnings:
        remark(f"warning: {one}")


def service(ctx: typer.Context) -> SegmentService:
    """The segments of the workspace; every one has them, the face of the others need not say so."""
    return cast("Segmenting", workspace_of(ctx)).segmenting
