"""A process that does one long thing to a workspace, and waits wherever it tells of a step until it may go on.

    python -m tests.integration.collecting.busy_child WORKSPACE recompute|resolve
    python -m tests.integration.collecting.busy_child WORKSPACE load FILE

Loading waits for nobody; it takes small blocks, so that there are many turns.
"""

from __future__ import annotations

import sys
from pathlib import Path

from knotwork.workspace import open_workspace
from knotwork_resolvers.loading import load


def wait(step: str) -> None:
    """Tell the parent of a step, and wait for its word."""
    print(step, flush=True)  # noqa: T201 - the parent reads it
    sys.stdin.readline()


def main() -> None:
    """Do what was asked."""
    folder, what, *rest = sys.argv[1:]
    with open_workspace(folder) as shop:
        if what == "load":
            with shop.turns.alone("load"):
                found = load([Path(rest[0])], shop.facts, block_bytes=4_000)
            print(found.accepted, found.duplicate, found.rejected)  # noqa: T201 - the parent reads it
        elif what == "recompute":
            print(shop.recompute(tell=wait).state)  # noqa: T201 - the parent reads it
        else:
            print(shop.resolve(full=True, tell=wait).how)  # noqa: T201 - the parent reads it


if __name__ == "__main__":
    main()
