"""A process that decides at random on the identifiers of the review world, and takes back what it finds standing.

python -m tests.integration.review.quarrelling_process WORKSPACE NAME
"""

from __future__ import annotations

import sys
import time
from random import Random

import knotwork
from knotwork_graph.errors import ContradictionError, UsageError, WorkspaceBusyError
from tests.integration.review.desk_world import KEYS

TRIES = 12
KINDS = ("must-link", "must-link", "cannot-link", "cannot-link", "mark-shared", "keep-linking", "block")


def one_act(opened: knotwork.Workspace, chance: Random, name: str) -> str:
    """The number of the record that it made and its kind; empty where it was refused."""
    standing = opened.decisions()
    if standing and chance.random() < 0.3:
        made = opened.undo(chance.choice(standing).number, reason="x", by=name, now=True)
    else:
        kind, pair = chance.choice(KINDS), chance.sample(KEYS, 2)
        b = pair[1] if kind.endswith("-link") else None
        made = opened.decide(kind, pair[0], b, reason="x", by=name, now=True)
    return f"{made.record.number} {made.record.kind}" if made.fresh else ""


if __name__ == "__main__":
    folder, name = sys.argv[1:]
    chance = Random(name)  # noqa: S311 - made-up data, not secrets
    with knotwork.open(folder) as opened:
        done = 0
        while done < TRIES:
            try:
                told = one_act(opened, chance, name)
            except WorkspaceBusyError:
                time.sleep(0.005)
                continue
            except (ContradictionError, UsageError):
                told = ""
            done += 1
            if told:
                print(told, flush=True)  # noqa: T201 - the parent reads it
