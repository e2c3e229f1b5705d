"""``analyse``: one command for each kind of question, its options read off the question itself."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import MISSING, Field, fields
from datetime import datetime, timedelta
from inspect import Parameter, Signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Protocol, cast, get_type_hints

import typer
from typer.core import TyperGroup

from knotwork.cli.documents import document
from knotwork.cli.invocation import workspace_of
from knotwork.cli.moments import moment
from knotwork.cli.terminal import remark
from knotwork_graph.errors import UsageError
from knotwork_graph.policy import suggestion
from knotwork_graph.policy.durations import read_duration

if TYPE_CHECKING:
    from knotwork_resolvers.analyses import Answer, Kind
    from knotwork_resolvers.analyses.options import Option

KIND_NAMES = (
    "transitions",
    "paths",
    "steps",
    "funnel",
    "retention",
    "rfm",
    "lifecycle",
    "attribution",
    "sessions",
    "stitching",
)

AnswerForm = Literal["text", "json", "csv"]
TIME = "TIME"
COMMON: dict[str, Any] = {
    "customers": Annotated[
        Path | None, typer.Option(metavar="FILE", help="Only these customers: an id or a key in each line.")
    ],
    "beside": Annotated[
        Path | None, typer.Option(metavar="FILE", help="A second set of customers, shown side by side.")
    ],
    "segment": Annotated[str | None, typer.Option(metavar="NAME", help="Only the customers of this segment.")],
    "beside_segment": Annotated[
        str | None, typer.Option(metavar="NAME", help="A segment as the second set, shown side by side.")
    ],
    "since": Annotated[datetime | None, typer.Option(parser=moment, metavar=TIME, help="Only events from this time.")],
    "until": Annotated[
        datetime | None, typer.Option(parser=moment, metavar=TIME, help="Only events before this time.")
    ],
    "who": Annotated[
        list[str] | None,
        typer.Option(metavar="VALUE", help="Not the answer, but the ids of those behind one number of it."),
    ],
    "table": Annotated[
        str | None, typer.Option(metavar="NAME", help="The table that CSV writes; the first if unsaid.")
    ],
    "form": Annotated[AnswerForm, typer.Option("--format", help="Text for people, one JSON document, or CSV.")],
    "out": Annotated[Path | None, typer.Option(metavar="FILE", help="The file to write; standard output without it.")],
    "draw": Annotated[Path | None, typer.Option(metavar="FILE.svg", help="Draw the answer into this file too.")],
}


class Analyst(Protocol):
    """What these commands ask of a workspace."""

    def analyse(self, kind: str, **said: Any) -> Answer:
        """The answer to a question about everybody, or about some."""

    def people_behind(self, kind: str, cell: Sequence[str], **said: Any) -> Sequence[str]:
        """The ids of the customers behind one number of an answer."""


class Kinds(TyperGroup):
    """The commands ``analyse KIND``, each made when it is asked for, so that no other command waits for them."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002  # the signature is Typer's
        """The names of the kinds."""
        return list(KIND_NAMES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002  # the signature is Typer's
        """The command of this name. Raises ``UsageError`` where there is none."""
        if cmd_name not in KIND_NAMES:
            raise UsageError(f"there is no analysis {cmd_name}; {suggestion(cmd_name, KIND_NAMES)}")
        from knotwork_resolvers.analyses import KINDS

        alone = typer.Typer(add_completion=False, rich_markup_mode=None)
        alone.command(cmd_name)(command_of(cmd_name, KINDS[cmd_name]))
        return typer.main.get_command(alone)


def analyse_group() -> typer.Typer:
    """The commands behind ``knotwork analyse``."""
    group = typer.Typer(cls=Kinds, no_args_is_help=True)
    group.callback()(everything)
    return group


def everything() -> None:
    """Ask about everybody, or about some. Paths, funnels, retention, attribution and more."""


def command_of(name: str, kind: Kind) -> Callable[..., None]:
    """The command that asks one kind of question: the options of the question, then those that all have."""

    from knotwork_resolvers.analyses.options import options_of

    def command(ctx: typer.Context, **given: Any) -> None:
        run(ctx, name, given)

    hints, options = get_type_hints(kind.question), options_of(kind.question)
    own = [parameter(one, hints[one.name], options[one.name]) for one in fields(kind.question)]
    common = [Parameter(key, Parameter.KEYWORD_ONLY, default=default_of(key), annotation=COMMON[key]) for key in COMMON]
    context = Parameter("ctx", Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)
    command.__doc__ = f"{kind.question.__doc__} A number's cell for --who: {kind.cell}."
    command.__annotations__ = {one.name: one.annotation for one in (context, *own, *common)}
    command.__signature__ = Signature([context, *own, *common])  # type: ignore[attr-defined]  # what Typer reads
    return command


def default_of(name: str) -> str | None:
    """What a common option is when nobody says it."""
    return "text" if name == "form" else None


def parameter(declared: Field[Any], hint: Any, option: Option) -> Parameter:
    """One field of a question as the command line takes it: a required one is an argument, any other an option."""
    from knotwork_resolvers.analyses.options import flag_of

    if declared.default is MISSING:
        said: Any = Annotated[list[str], typer.Argument(metavar=f"{option.metavar}...", help=option.meaning)]
        return Parameter(declared.name, Parameter.KEYWORD_ONLY, annotation=said)
    kind, more = typed(hint)
    shown: dict[str, Any] = {} if kind is bool else {"metavar": option.metavar}
    flag = typer.Option(flag_of(declared.name, option), help=option.meaning + default_words(declared), **shown, **more)
    unsaid: Any = False if kind is bool else None
    return Parameter(declared.name, Parameter.KEYWORD_ONLY, default=unsaid, annotation=Annotated[kind, flag])


def typed(hint: Any) -> tuple[Any, dict[str, Any]]:
    """The type that Typer is told of, and what reads the text."""
    if hint == tuple[str, ...]:
        return list[str] | None, {}
    if hint in (timedelta, timedelta | None):
        return timedelta | None, {"parser": span}
    if hint == datetime | None:
        return datetime | None, {"parser": moment}
    return (bool if hint is bool else hint | None), {}


def span(text: str) -> timedelta:
    """The time that ``text`` names."""
    try:
        return read_duration(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def default_words(declared: Field[Any]) -> str:
    """What is taken when nothing is said, where that is something."""
    from knotwork_graph.policy.durations import show_duration

    default = declared.default
    if isinstance(default, timedelta):
        return f" {show_duration(default)} if unsaid."
    if isinstance(default, tuple):
        return f" {', '.join(default)} if unsaid." if default else ""
    return "" if default is None or isinstance(default, bool) else f" {default} if unsaid."


def run(ctx: typer.Context, name: str, given: dict[str, Any]) -> None:
    """Ask, and show what came back."""
    from knotwork.cli.show.analysis import show_answer

    common = {key: given.pop(key) for key in COMMON}
    options = {key: value for key, value in given.items() if value not in (None, [], ())}
    whom = {key: common[key] for key in ("customers", "beside", "segment", "beside_segment", "since", "until")}
    analyst = cast("Analyst", workspace_of(ctx))  # every workspace can be asked; the face of the others need not say so
    if common["who"]:
        if common["beside"] or common["beside_segment"] or common["draw"]:
            raise UsageError("--who names customers of one set: leave --beside, --beside-segment and --draw out.")
        whom = {key: whom[key] for key in ("customers", "segment", "since", "until")}
        told = ids(analyst.people_behind(name, common["who"], **whom, **options), common["form"])
    else:
        answer = analyst.analyse(name, **whom, **options)
        told = show_answer(name, answer, common["form"], common["table"])
        drawn(answer, common["draw"])
    written(told, common["out"])


def ids(found: Sequence[str], form: AnswerForm) -> str:
    """The ids of customers, one a line; such a file is a set for --customers."""
    if form == "json":
        return document(found)
    return "\n".join(["customer_id", *found] if form == "csv" else found)


def drawn(answer: Answer, target: Path | None) -> None:
    """Draw the answer, where that was asked for."""
    if target is None:
        return
    from knotwork.service.drawing import answer_file
    from knotwork_graph.facts import disk_errors

    with disk_errors(target.parent):
        target.write_text(answer_file(answer), encoding="utf-8")
    remark(f"drew {target}")


def written(told: str, target: Path | None) -> None:
    """Write the text to a file, or to standard output."""
    if target is None:
        sys.stdout.write(told if told.endswith("\n") or not told else f"{told}\n")
        return
    from knotwork_graph.facts import disk_errors

    with disk_errors(target.parent):
        target.write_text(f"{told.rstrip()}\n", encoding="utf-8")
    remark(f"wrote {target}")
