"""A process that collects until it is killed, and says after each batch what it may rely on.

    python -m tests.integration.recovery.collecting_child LOG FIRST

collects events, numbered from FIRST, in batches of one to nine, packs the inbox now and then, and writes a line with
the next event's number once a batch is acknowledged.
"""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path

from knotwork_graph.facts import FactLog
from knotwork_resolvers.collecting import Collector
from tests.unit.loading.made_events import an_event

PACK_EVERY = 5


def main() -> None:
    """Collect without an end."""
    log, number = FactLog(Path(sys.argv[1])), int(sys.argv[2])
    collector = Collector(log)
    for batch in count():
        size = 1 + batch % 9
        collector([an_event(one) for one in range(number, number + size)])
        number += size
        print(number, flush=True)  # noqa: T201 - the parent reads it
        if batch % PACK_EVERY == PACK_EVERY - 1:
            log.pack()


if __name__ == "__main__":
    main()
