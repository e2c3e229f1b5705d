"""Who changes a workspace when: one command at a time, and collecting waits for none of them.

What is collected while a command works is durable at once, and resolved when the command is through: whoever leaves
looks for it, after the lock is free again, so that an event that found the workspace in use a moment before is seen.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from knotwork.service.collecting import waiting
from knotwork.workspace.lock import writing
from knotwork_graph.errors import KnotworkError, StoreError, WorkspaceBusyError

if TYPE_CHECKING:
    from knotwork_graph.facts import FactLog
    from knotwork_resolvers.run import ResolveReport

COLLECT = "collect"
PATIENCE, A_MOMENT = 10.0, 1.0
"""Seconds that a command waits for one that collects, and that one waits for another: these take milliseconds."""
ROUNDS = 3

log = logging.getLogger("knotwork.collect")


class Turns:
    """The lock of one workspace, its log, and ``resolve``, which resolves what single events have touched."""

    def __init__(self, lock: Path, facts: Callable[[], FactLog], resolve: Callable[[], ResolveReport]) -> None:
        self._lock, self._facts, self._resolve = lock, facts, resolve

    @contextmanager
    def writing(self, what: str, patience: float = 0) -> Iterator[None]:
        """Hold the lock to do ``what``; then what was collected meanwhile is resolved.

        Others are waited for so many seconds, who collect for some more. Raises ``WorkspaceBusyError``.
        """
        before = self._facts().last_single()
        with self.alone(what, patience):
            yield
        self._catch_up(before)

    def alone(self, what: str, patience: float = 0) -> AbstractContextManager[None]:
        """The same, and what was collected meanwhile waits for the command that follows this one."""
        return writing(self._lock, what, max(patience, PATIENCE), behind="" if patience else COLLECT)

    def resolved(self) -> ResolveReport:
        """What the customers made of what was just collected; "waiting" where another command resolves it later.

        So it is too where the graph cannot be reached: what is collected is kept, and the next event brings it along.
        """
        try:
            with writing(self._lock, COLLECT, A_MOMENT, behind=COLLECT):
                before = self._facts().last_single()
                report = self._resolve()
        except WorkspaceBusyError as busy:
            return waiting(f"the workspace is in use by {busy.holder}, and what came is resolved after it")
        except StoreError as error:
            log.warning("events are kept and wait to be resolved: %s", error)
            return waiting(str(error))
        self._catch_up(before)
        return report

    def _catch_up(self, before: int) -> None:
        """Resolve what was collected after the event ``before`` by those who found the lock taken."""
        for _ in range(ROUNDS):
            last = self._facts().last_single()
            if last <= before:
                return
            before = last
            try:
                with writing(self._lock, COLLECT):
                    self._resolve()
            except WorkspaceBusyError:  # whoever holds it now looks in their turn
                return
            except KnotworkError as error:
                log.warning("events that came meanwhile are kept and wait to be resolved: %s", error)
                return
