"""Commands as processes that have their imports behind them, so that a kill strikes the work and not the start.

    python -m tests.integration.recovery.warm

reads one command a line (JSON: its arguments, and the file for its output), runs it in a fork of itself, and writes two
lines: the process id, and later the exit status (negative: the signal that killed it).
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from importlib import import_module

MODULES = (
    "adbc_driver_sqlite.dbapi",
    "duckdb",
    "knotwork.cli.commands.loading",
    "knotwork.cli.commands.resolving",
    "knotwork.cli.main",
    "knotwork.workspace.workspace",
    "knotwork_resolvers.loading",
    "knotwork_resolvers.run",
    "pyarrow.compute",
    "pyarrow.parquet",
    "scipy.sparse.csgraph",
)


def main() -> None:
    """Run what standard input says, one command after the other."""
    for name in MODULES:
        import_module(name)
    for line in sys.stdin:
        arguments, out = json.loads(line)
        child = os.fork()
        if child == 0:
            command(arguments, out)
        tell(child)
        tell(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def tell(number: int) -> None:
    """A line for the one who asked."""
    print(number, flush=True)  # noqa: T201 - the parent reads it


def command(arguments: Sequence[str], out: str) -> None:
    """The command itself, as the console's entry runs it; never comes back."""
    handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    for standard in (1, 2):
        os.dup2(handle, standard)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.argv = ["knotwork", *arguments]
    status: object = 1
    try:
        import_module("knotwork.cli.main").run()
        status = 0
    except SystemExit as end:
        status = end.code or 0
    finally:
        sys.stdout.flush()
        os._exit(status if isinstance(status, int) else 1)


if __name__ == "__main__":
    main()
