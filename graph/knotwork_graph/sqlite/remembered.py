"""What was read of a store's few single values, kept until anybody writes."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar, cast

Value = TypeVar("Value")


class Remembered:
    """Answers by name, which hold while ``revision``, asked each time, stays the same.

    From several threads: what one reads late is forgotten with the revision that it was asked under, if not before.
    """

    def __init__(self, revision: Callable[[], Hashable]) -> None:
        self._revision = revision
        self._kept: tuple[Hashable, dict[Hashable, object]] = (None, {})

    def __call__(self, name: Hashable, read: Callable[[], Value]) -> Value:
        """What ``read`` said when it was last asked under this revision."""
        found = self._of_now()
        if name not in found:
            found[name] = read()
        return cast("Value", found[name])

    def tell(self, name: Hashable, value: object) -> None:
        """What would be read under this revision, from who has just written it."""
        self._of_now()[name] = value

    def _of_now(self) -> dict[Hashable, object]:
        now = self._revision()
        if self._kept[0] != now:
            self._kept = (now, {})
        return self._kept[1]
