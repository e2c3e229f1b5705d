"""Coroutines of tests, run in a thread beside them: a browser that tests had before keeps a loop in the main one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

THREAD = ThreadPoolExecutor(1)


def aside(talk: Callable[[], Awaitable[T]], *, seconds: float = 60) -> T:
    """What comes of ``talk``; raises what it raises, and TimeoutError where it takes longer than ``seconds``."""
    return THREAD.submit(lambda: asyncio.run(asyncio.wait_for(talk(), seconds))).result()
