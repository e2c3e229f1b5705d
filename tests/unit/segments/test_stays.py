"""Where stays are kept: nothing is lost or doubled, whoever dies when."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from knotwork_graph.stays import DUE, LEFT, OPEN, SINCE, Stay, StayFolders, StaysSince, Upto

UPTO = Upto(run=1, base=1, upto=0, at=5, rules="r")


@pytest.fixture
def folders(tmp_path: Path) -> StayFolders:
    return StayFolders(tmp_path / "stays")


def put(folders: StayFolders, number: int) -> None:
    with folders.writing(number) as folder:
        for name in (OPEN, LEFT, DUE, SINCE):
            (folder / name).write_text(str(number), encoding="utf-8")


def test_a_folder_is_seen_when_it_is_whole_and_not_before(folders: StayFolders):
    put(folders, 1)

    def dies() -> None:
        with folders.writing(2) as folder:
            (folder / OPEN).write_text("half", encoding="utf-8")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        dies()
    assert folders.current() == 1
    put(folders, 2)
    assert folders.current() == 2
    assert folders.path(2, OPEN).read_text(encoding="utf-8") == "2"


def test_older_folders_keep_what_ended_and_the_last_but_one_stays_whole_for_who_reads_it(folders: StayFolders):
    for number in (1, 2, 3):
        put(folders, number)
    assert [path.read_text(encoding="utf-8") for path in folders.left()] == ["1", "2", "3"]
    assert not folders.path(1, OPEN).exists()
    assert folders.path(2, OPEN).exists()


def test_one_at_a_time_tells_anew(folders: StayFolders):
    order: list[str] = []
    inside = threading.Event()

    def other() -> None:
        inside.wait(5)
        with folders.turn():
            order.append("second")

    waiting = threading.Thread(target=other)
    with folders.turn():
        waiting.start()
        inside.set()
        order.append("first")
    waiting.join(5)
    assert order == ["first", "second"]


def test_who_does_not_want_to_wait_hears_that_another_is_at_it(folders: StayFolders):
    with folders.turn() as first, folders.turn(wait=False) as second:
        assert (first, second) == (True, False)
    with folders.turn(wait=False) as third:
        assert third


def test_what_came_and_went_since_is_told_by_customer(tmp_path: Path):
    since = StaysSince(tmp_path / SINCE)
    assert since.upto() is None
    since.move([Stay(1, "a", 3, 1), Stay(2, "a", 3, 1)], [], [(1, 9), (2, None)], UPTO)
    since.move([Stay(2, "b", 4, 2)], [Stay(2, "a", 3, 1, 4, 2), Stay(3, "a", 1, 1, 4, 2)], [(2, 8)], UPTO)
    since.close()
    again = StaysSince(tmp_path / SINCE)
    assert again.upto() == UPTO
    assert again.entered() == [(1, "a", 3, 1), (2, "b", 4, 2)]
    assert again.entered([2, 3]) == [(2, "b", 4, 2)]
    assert again.ended([3]) == [(3, "a", 1, 1, 4, 2)]
    assert len(again.ended()) == 2
    assert dict(again.due()) == {1: 9, 2: 8}
    again.close()


def test_a_move_happens_whole_or_not_at_all(tmp_path: Path):
    since = StaysSince(tmp_path / SINCE)
    since.move([Stay(1, "a", 3, 1)], [], [(1, 9)], UPTO)
    twice = [Stay(2, "a", 4, 1), Stay(2, "a", 4, 1)]
    with pytest.raises(Exception, match="refused"):
        since.move(twice, [Stay(1, "a", 3, 1, 4, 1)], [(2, 7)], Upto(2, 1, 0, 6, "r"))
    assert (since.entered(), since.ended(), since.due(), since.upto()) == ([(1, "a", 3, 1)], [], [(1, 9)], UPTO)
    since.close()
