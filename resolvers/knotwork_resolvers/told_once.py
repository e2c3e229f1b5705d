"""What is told of a policy, kept for the next time the very same one is given."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps

from knotwork_graph.policy import Policy

MOST = 16


class _Itself:
    """A policy that equals no other object, so that looking for it does not read all that it says."""

    __slots__ = ("policy",)

    def __init__(self, policy: Policy) -> None:
        self.policy = policy

    def __hash__(self) -> int:
        return id(self.policy)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Itself) and other.policy is self.policy


def told_once(work: Callable[[Policy], str]) -> Callable[[Policy], str]:
    """``work``, which is done once for each of the last few policies: a policy never changes."""

    @lru_cache(MOST)
    def of(itself: _Itself) -> str:
        return work(itself.policy)

    @wraps(work)
    def told(policy: Policy) -> str:
        return of(_Itself(policy))

    return told
