"""What a person is told when something goes wrong, and the exit status that goes with it.

0 done, 1 failed, 2 wrong usage, 3 held; 130 is what a shell expects of a command that was interrupted.
"""

from __future__ import annotations

import os
import sys
import traceback

import typer

from knotwork_graph.errors import GateError, KnotworkError, UsageError

MORE = "Nothing acknowledged was lost. Run it again with KNOTWORK_DEBUG=1 to see where it happened."
INNER = "Value error, "  # what pydantic puts before the words of a choice, which are clear without it
DONE, FAILED, WRONG_USAGE, HELD, INTERRUPTED = 0, 1, 2, 3, 130


def status_of(error: BaseException) -> int:
    """The exit status that ``error`` leads to."""
    if isinstance(error, GateError):
        return HELD
    if isinstance(error, UsageError):
        return WRONG_USAGE
    return error.exit_code if isinstance(error, typer.TyperException) else FAILED


def sentence(error: BaseException) -> str:
    """What ``error`` says to a person: its own words where it was raised for people, else a short account of it."""
    if isinstance(error, typer.TyperException):
        return f"{error.format_message().replace(INNER, '')}{hint(error)}\nHelp: {command_path(error)} --help"
    if isinstance(error, KnotworkError):
        return str(error)
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    return f"something went wrong that Knotwork did not foresee ({type(error).__name__}: {first_line(error)}). {MORE}"


def hint(error: typer.TyperException) -> str:
    """What to do about the slip that people make most: the workspace named behind the command."""
    misplaced = getattr(error, "option_name", "") == "--workspace"
    return ". It stands before the command: knotwork --workspace DIR COMMAND" if misplaced else ""


def first_line(error: BaseException) -> str:
    """The first line of the error's text, cut to a readable length."""
    lines = str(error).strip().splitlines() or ["no more is known"]
    return lines[0][:200].rstrip(".")


def command_path(error: typer.TyperException) -> str:
    """The command that was being read when a usage error arose, as it was typed."""
    context = getattr(error, "ctx", None)
    return str(context.command_path) if context is not None else "knotwork"


def tell(error: BaseException) -> int:
    """Write what ``error`` says to standard error, and hand back the exit status."""
    if os.environ.get("KNOTWORK_DEBUG", "") not in {"", "0"}:
        traceback.print_exception(error, file=sys.stderr)
    print(f"knotwork: {sentence(error)}", file=sys.stderr)
    return status_of(error)
