"""A process that decides until it is killed, and says each number that was acknowledged.

python -m tests.integration.review.deciding_process WORKSPACE NAME
"""

from __future__ import annotations

import sys

import knotwork

if __name__ == "__main__":
    folder, name = sys.argv[1:]
    with knotwork.open(folder) as opened:
        for place in range(10_000):
            made = opened.decide("block", f"cookie:{name}-{place}", reason="x" * 400, by=name)
            print(made.record.number, flush=True)  # noqa: T201 - the parent reads it
