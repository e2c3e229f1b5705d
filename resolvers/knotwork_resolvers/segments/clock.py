"""The moment at which windows end: that of whoever asks, or of the past where readers are shown a run of the past."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from knotwork_resolvers.home import Home


def moment_at(home: Home, now: int) -> int:
    """``now``, or the moment of the run that readers see where that is one of the past; both in microseconds."""
    state = home.store.state()
    run = home.store.run(state.base)
    return state.as_of if run is not None and run.past else now
