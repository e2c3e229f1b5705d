"""A pause of Python's search for circles of objects, while thousands of rows are made that form none."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_search_for_circles() -> Iterator[None]:
    """A block that the search does not interrupt: each thousand rows set it off, over all objects of the process.

    Threads may be in such blocks at once: the one that found the search running sets it running again.
    """
    was_running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_running:
            gc.enable()
