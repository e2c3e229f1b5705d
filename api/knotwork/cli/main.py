"""The command ``knotwork``: it runs what was typed, and turns every failure into a sentence and an exit status."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from knotwork.cli.application import application
from knotwork.cli.failures import DONE, FAILED, INTERRUPTED, tell

if TYPE_CHECKING:
    from knotwork.cli.face import Opener, WorkspaceFace


MEMORY_POOL = "ARROW_DEFAULT_MEMORY_POOL"
"""The setting of Arrow that names who gives it memory. Its own pool asks for huge pages, which a system that has to
make room for them gives slowly: questions about ten million events took half again as long (decision 155)."""


def run() -> NoReturn:
    """Run the command line of this process; ends it with the exit status."""
    os.environ.setdefault(MEMORY_POOL, "system")
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError):  # a replaced stream may know no encodings
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # TextIO does not declare it
    sys.exit(status(sys.argv[1:], open_workspace))


def open_workspace(folder: Path) -> WorkspaceFace:
    """The workspace in ``folder``."""
    import knotwork

    return knotwork.open(folder)


def status(arguments: Sequence[str], opener: Opener) -> int:
    """The exit status of one call; what went wrong is on standard error, never as a traceback."""
    app = application(opener, markup="rich" if sys.stdout.isatty() else None)
    try:
        ended = app(list(arguments), prog_name="knotwork", standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:
        return hung_up()
    except (KeyboardInterrupt, SystemExit) as stop:
        return interrupted() if isinstance(stop, KeyboardInterrupt) else int(stop.code or DONE)
    except Exception as error:  # noqa: BLE001  # the last stop: whatever comes here, a person reads a sentence
        return tell(error)
    return interrupted() if ended == INTERRUPTED else ended if isinstance(ended, int) else DONE


def hung_up() -> int:
    """The status when whoever read our output went away, as ``head`` does; what is left to print goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return FAILED


def interrupted() -> int:
    """The status after Ctrl+C."""
    print("knotwork: stopped. Run the same command again to finish; nothing will be doubled.", file=sys.stderr)
    return INTERRUPTED
