"""A process that collects into a workspace until it is killed, and says after each batch what it may rely on.

    python -m tests.integration.recovery.live_child WORKSPACE FIRST

Visits are numbered from FIRST, one to three at a time; a line with the next one's number follows once a batch is taken.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from itertools import count

from knotwork.workspace import open_workspace
from knotwork_graph.model.times import EPOCH

HOUR = timedelta(hours=1)


def visit(number: int) -> dict[str, object]:
    """A visit of one of forty people, on one of sixty cookies; now and then on a device that many share."""
    held = {"user_id": [f"u{number % 40}"], "cookie": [f"c{(number * 7) % 60}"]}
    if number % 5 == 0:
        held = {"device": ["kiosk"], **({} if number % 10 else held)}
    moment = (EPOCH + number * HOUR / 3).isoformat()
    return {"source": "web", "message_id": str(number), "timestamp": moment, "event": "Seen", "identifiers": held}


def main() -> None:
    """Collect without an end."""
    workspace, number = open_workspace(sys.argv[1]), int(sys.argv[2])
    for batch in count():
        size = 1 + batch % 3
        workspace.collect([visit(one) for one in range(number, number + size)])
        number += size
        print(number, flush=True)  # noqa: T201 - the parent reads it


if __name__ == "__main__":
    main()
