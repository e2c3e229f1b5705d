"""Parts that are made ahead: all of them, in order, and nothing left running when nobody wants more."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import count

import pytest

from knotwork_resolvers.ahead import THREAD, ahead

ROOM = 2


def threads() -> list[threading.Thread]:
    return [one for one in threading.enumerate() if one.name.startswith(THREAD)]


@pytest.mark.parametrize("room", [1, 2])
@pytest.mark.parametrize("many", [0, 1, 2, 50])
def test_all_parts_come_in_order(many: int, room: int) -> None:
    assert list(ahead(iter(range(many)), room)) == list(range(many))
    assert not threads()


def test_what_breaks_off_is_raised_after_what_was_made() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise ValueError("no more")

    parts = ahead(broken(), ROOM)
    assert next(parts) == 1
    with pytest.raises(ValueError, match="no more"):
        next(parts)
    assert not threads()


def test_whoever_goes_away_ends_the_making() -> None:
    made: list[int] = []
    ended: list[bool] = []

    def endless() -> Iterator[int]:
        try:
            for one in count():
                made.append(one)
                yield one
        finally:
            ended.append(True)

    parts = ahead(endless(), ROOM)
    assert [next(parts), next(parts)] == [0, 1]
    parts.close()
    assert ended == [True]
    assert len(made) <= 2 + ROOM + 2
    assert not threads()


def test_nothing_is_made_before_somebody_asks() -> None:
    asked: list[int] = []
    ahead(iter(lambda: asked.append(1), None))
    assert not asked
    assert not threads()
