"""Writing to a graph store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

from knotwork_graph.model import Recorded, Run
from knotwork_graph.ports.reader import GraphReader
from knotwork_graph.ports.values import Increment, StagedRun

if TYPE_CHECKING:
    from knotwork_graph.ports.values import Ints


class GraphStore(GraphReader, Protocol):
    """A store that can also be written to. Each verb is one transaction: all of it happens, or nothing."""

    def at_once(self) -> AbstractContextManager[None]:
        """A block whose verbs are one transaction, and cost one: for what a few events bring, from facts to readers.

        An error ends the whole. What is too large for one transaction is several, in the order of the verbs, as it
        would be outside.
        """

    def project(self, increment: Increment, before_commit: Callable[[Ints], None]) -> None:
        """Apply an increment and remember its segments; its identifiers are pending until a run is published.

        ``before_commit`` is given the ids of its identifiers, in their order; if it fails, nothing is applied.
        """

    def clear_projection(self, reading: str) -> None:
        """Forget all edges and sightings (ids stay), to be projected anew under another reading."""

    def forget_unseen(self) -> None:
        """Take the value out of every identifier that no event bears: it becomes ``ERASED`` and the store's id.

        Decisions that name it name it so, and lose their words; what ended runs said of it is taken out too. Its id,
        memberships and changes stay, so that the past can still be followed. Happening again changes nothing.
        """

    def settle(self, least: int = 0) -> None:
        """Nothing is pending any more, if it is so many at ``least``: a run looked, and found nothing to change."""

    def stage(self, staged: StagedRun) -> None:
        """Keep a run that no reader sees yet."""

    def publish(self, run: int) -> None:
        """Let readers see ``run``: one move of the pointer. Raises ``UnknownRunError``, for one that was held too."""

    def stage_and_publish(self, staged: StagedRun) -> None:
        """Both at once: readers see the run as soon as it is kept."""

    def hold(self, run: Run, policy: str) -> None:
        """Keep of a run that may not be published its number, counts and the name of its policy, and nothing else.

        Readers and later runs go on as if it had never been; its number is not given out again. Raises ``StoreError``
        where there is such a run.
        """

    def hold_lock(self, name: str, owner: str, seconds: float) -> str:
        """Who holds the lock ``name`` now: ``owner``, for so long, where it was free, theirs, or not renewed in time.

        Else whoever does. Asking again before the time is over renews it; the store's clock counts.
        """

    def release_lock(self, name: str, owner: str) -> None:
        """Let others have the lock, where ``owner`` holds it."""

    def add_decisions(self, records: Sequence[Recorded]) -> None:
        """Keep those of ``records`` that are not kept yet; they stay whatever is projected or run.

        Raises ``StoreError`` where another record bears one of the numbers.
        """

    def close(self) -> None:
        """Give back files and connections."""
