"""The journal keeps every record through crashes, and refuses what it cannot have written."""

from __future__ import annotations

import errno
import os
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knotwork_graph.errors import DiskFullError, StoreError
from knotwork_graph.journal import Journal, line_of, record_of
from knotwork_graph.model import Decision, DecisionKind, Recorded, in_force, told

NOON = datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=UTC)


def link(number: int, a: str = "email:a", b: str = "cookie:b", **more: str) -> Recorded:
    return Recorded(number, DecisionKind.MUST_LINK, a, b, "mai", NOON, **more)


def undo(number: int, of: int) -> Recorded:
    return Recorded(number, "undo", "", "", "mai", NOON, undoes=of)


@pytest.fixture
def journal(tmp_path):
    return Journal(tmp_path / "data" / "decisions.jsonl")


def test_a_journal_that_is_not_there_holds_nothing(journal):
    assert journal.read() == ()
    assert not journal.path.parent.exists()


def test_what_was_appended_is_read_back_in_order(journal):
    first = link(1, reason="same person", comment="đã gọi điện\nhai lần")
    second = Recorded(2, DecisionKind.BLOCK, "email:info@x", "", "linh", NOON + timedelta(microseconds=1), "noise")
    journal.append([first, second])
    journal.append([undo(3, 1)])
    assert journal.read() == (first, second, undo(3, 1))
    assert journal.read(after=2) == (undo(3, 1),)


@pytest.mark.parametrize("kept", [0, 1, 2])
def test_a_line_that_a_crash_tore_off_never_was(journal, kept):
    """At every byte at which the last line can end."""
    whole = [link(number + 1) for number in range(kept)]
    journal.append(whole)
    before = journal.path.read_bytes() if kept else b""
    journal.path.parent.mkdir(parents=True, exist_ok=True)
    line = line_of(link(kept + 1, comment="đ" * 9)).encode()
    for cut in range(len(line)):
        journal.path.write_bytes(before + line[:cut])
        assert journal.read() == tuple(whole)
        journal.append([undo(kept + 1, 1) if kept else link(1, "phone:1")])
        assert [one.number for one in journal.read()] == list(range(1, kept + 2))
        assert journal.path.read_bytes().startswith(before)


@pytest.mark.parametrize("size", [1, 65_000, 70_000, 200_000])
@pytest.mark.parametrize("torn", [b"", b'{"number": 4'])
def test_the_last_record_is_read_from_the_end(journal, size, torn):
    assert (journal.count(), journal.last(0)) == (0, None)
    journal.append([link(1), link(2, comment="x" * size), link(3, comment="y" * size)])
    with journal.path.open("ab") as file:
        file.write(torn)
    assert (journal.count(), journal.last(3)) == (3, link(3, comment="y" * size))
    with pytest.raises(StoreError, match="bears the number 3"):
        journal.last(4)


def test_a_torn_line_longer_than_a_block_is_cut_off(journal):
    journal.append([link(1)])
    with journal.path.open("ab") as file:
        file.write(b"\0" * 200_000)
    assert journal.read() == (link(1),)
    journal.append([link(2, "a:1")])
    assert [one.number for one in journal.read()] == [1, 2]


@pytest.mark.parametrize("number", [1, 2, 4])
def test_a_number_that_does_not_follow_is_refused(journal, number):
    journal.append([link(1), link(2, "phone:1")])
    before = journal.path.read_bytes()
    with pytest.raises(StoreError, match=rf"holds 2 records, and number {number} cannot follow"):
        journal.append([link(number)])
    assert journal.path.read_bytes() == before


@pytest.mark.parametrize(
    "line", [b"{}\n", b"not json\n", b"[1]\n", b'{"number": 1, "kind": "must_link", "a": "a:1", "by": "m"}\n']
)
def test_a_line_that_is_no_record_is_refused_with_its_place(journal, line):
    journal.append([link(1)])
    with journal.path.open("ab") as file:
        file.write(line)
    with pytest.raises(StoreError, match=r"decisions\.jsonl: line 2 .*backup"):
        journal.read()


def test_a_line_that_was_lost_is_noticed(journal):
    journal.append([link(1), link(2, "phone:1"), link(3, "phone:2")])
    lines = journal.path.read_bytes().splitlines(keepends=True)
    journal.path.write_bytes(lines[0] + lines[2])
    with pytest.raises(StoreError, match="line 2 bears the number 3"):
        journal.read()


def test_where_the_disk_is_full_nothing_of_it_counts(journal, monkeypatch):
    journal.append([link(1)])
    before = journal.path.read_bytes()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFullError):
        journal.append([link(2, "phone:1")])
    assert journal.path.read_bytes() == before


def test_a_record_is_on_the_disk_before_it_is_acknowledged(journal, monkeypatch):
    synced = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(os.fstat(handle).st_size))
    journal.append([link(1)])
    assert synced[0] == journal.path.stat().st_size  # the file, whole; then its folder, which is new
    assert len(synced) == 2


TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
TIMES = st.datetimes(timezones=st.just(UTC))


@given(a=TEXT, b=TEXT, by=TEXT, reason=TEXT, comment=TEXT, at=TIMES, pair=st.booleans())
def test_any_record_comes_back_from_its_line(a, b, by, reason, comment, at, pair):
    kind = DecisionKind.CANNOT_LINK if pair else DecisionKind.MARK_SHARED
    b = f"x{b}" if pair else ""
    a = f"y{a}"
    record = Recorded(7, kind, a, b, by, at, reason, comment)
    line = line_of(record)
    assert line.count("\n") == 1
    assert line.endswith("\n")
    assert record_of(line) == record


def test_what_was_undone_is_not_in_force_and_says_by_what():
    records = (link(1), link(2, "phone:1"), undo(3, 1), link(4))
    assert [one.undone_by for one in told(records)] == [3, 0, 0, 0]
    assert in_force(records) == (
        Decision(DecisionKind.MUST_LINK, "phone:1", "cookie:b", "mai", NOON, "", 2),
        Decision(DecisionKind.MUST_LINK, "email:a", "cookie:b", "mai", NOON, "", 4),
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": 0},
        {"undoes": 1},
        {"kind": "undo", "a": "", "b": "", "undoes": 2},
        {"kind": "marry"},
        {"b": ""},
        {"b": "email:a"},
        {"at": NOON.replace(tzinfo=None)},
    ],
)
def test_a_record_that_cannot_be_is_refused(wrong):
    right = {"number": 2, "kind": "must_link", "a": "email:a", "b": "cookie:b", "by": "mai", "at": NOON}
    with pytest.raises(ValueError, match=r"record|decision|marry"):
        Recorded(**(right | wrong))
