"""The audit chain: it grows, it refuses changes, and whatever is done to it by force is found at its place."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knotwork.service.audit import AuditService
from knotwork_graph.audit import AuditTrail
from knotwork_graph.errors import UsageError


@pytest.fixture
def trail(tmp_path):
    made = AuditTrail(tmp_path / "audit.db")
    yield made
    made.close()


def five(trail: AuditTrail) -> None:
    for place in range(5):
        trail.add("decision", "mai", f"decision {place + 1}", "đã gọi")


def by_force(trail: AuditTrail, tmp_path, *statements: str) -> None:
    """Change the file as somebody would who means to."""
    trail.close()
    with closing(sqlite3.connect(tmp_path / "audit.db")) as file:
        for statement in ("DROP TRIGGER audit_unchanged", "DROP TRIGGER audit_kept", *statements):
            file.execute(statement)
        file.commit()


def test_nothing_was_ever_done(trail, tmp_path):
    assert trail.rows() == ()
    assert trail.broken() is None
    assert not (tmp_path / "audit.db").exists()


def test_rows_come_back_as_they_were_added(trail):
    five(trail)
    trail.add("unmasking", "linh", "cus_0000000011", "a complaint")
    assert [one.number for one in trail.rows()] == [1, 2, 3, 4, 5, 6]
    assert [one.what for one in trail.rows(kind="unmasking")] == ["cus_0000000011"]
    assert [one.number for one in trail.rows(who="mai", first=2, newest=True)] == [4, 5]
    assert trail.broken() is None


@pytest.mark.parametrize("statement", ["UPDATE audit SET who = 'x' WHERE number = 2", "DELETE FROM audit"])
def test_the_file_refuses_to_forget(trail, tmp_path, statement):
    five(trail)
    trail.close()
    with closing(sqlite3.connect(tmp_path / "audit.db")) as file, pytest.raises(sqlite3.IntegrityError, match="never"):
        file.execute(statement)


@pytest.mark.parametrize(
    ("statement", "number"),
    [
        ("UPDATE audit SET who = 'mal' WHERE number = 3", 3),
        ("UPDATE audit SET detail = 'đã gọi.' WHERE number = 1", 1),
        ("UPDATE audit SET at = at + 1 WHERE number = 5", 5),
        ("UPDATE audit SET what = detail, detail = what WHERE number = 4", 4),
        ("UPDATE audit SET hash = 'x' || substr(hash, 2) WHERE number = 2", 2),
        ("DELETE FROM audit WHERE number = 2", 2),
        ("DELETE FROM audit WHERE number > 3", 4),
        ("DELETE FROM audit WHERE number > 4", 5),
        ("DELETE FROM audit WHERE number IN (2, 3)", 2),
        ("DELETE FROM audit", 1),
    ],
)
def test_a_change_by_force_is_found_where_it_is(trail, tmp_path, statement, number):
    five(trail)
    by_force(trail, tmp_path, statement)
    found = trail.broken()
    assert found is not None
    assert found.number == number
    assert str(number) in found.words


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("DELETE FROM audit WHERE number > 4", "row 5 is gone"),
        ("DELETE FROM audit WHERE number IN (2, 3)", "rows 2 to 3 are gone"),
        ("DELETE FROM audit WHERE number > 2", "rows 3 to 5 are gone"),
    ],
)
def test_what_is_gone_is_told_in_plain_words(trail, tmp_path, statement, words):
    five(trail)
    by_force(trail, tmp_path, statement)
    assert trail.broken().words == words


def test_two_rows_that_changed_places_are_found(trail, tmp_path):
    five(trail)
    swap = [f"UPDATE audit SET number = {new} WHERE number = {old}" for old, new in ((3, 99), (4, 3), (99, 4))]
    by_force(trail, tmp_path, *swap)
    assert (trail.broken().number, "row 3 is not as it was written" in trail.broken().words) == (3, True)


@pytest.mark.parametrize("how", ["emptied", "taken away", "without its table"])
def test_a_chain_without_a_row_is_broken_where_there_must_have_been_some(trail, tmp_path, how):
    assert trail.broken(lambda: False) is None
    five(trail)
    assert trail.broken(lambda: True) is None
    if how == "without its table":
        by_force(trail, tmp_path, "DROP TABLE audit")
    else:
        trail.close()
        for path in tmp_path.glob("audit.db*"):
            path.unlink() if how == "taken away" or path.suffix != ".db" else path.write_bytes(b"")
    found = trail.broken(lambda: True)
    assert (found.number, found.readable) == (1, True)
    assert "no row is left" in found.words


def add_some(path, name: str) -> None:
    """What one of several processes does."""
    trail = AuditTrail(path)
    for place in range(20):
        trail.add("export", name, f"{name} {place}")
    trail.close()


def test_several_processes_make_one_chain(tmp_path):
    context = get_context("spawn")
    children = [context.Process(target=add_some, args=(tmp_path / "audit.db", name)) for name in "ab"]
    for child in children:
        child.start()
    for child in children:
        child.join()
    trail = AuditTrail(tmp_path / "audit.db")
    assert [child.exitcode for child in children] == [0, 0]
    assert [one.number for one in trail.rows()] == list(range(1, 41))
    assert trail.broken() is None
    trail.close()


def test_an_unknown_kind_and_nobody_are_refused(trail):
    service = AuditService(trail)
    with pytest.raises(UsageError, match="unmasking"):
        service.audit("unmaskin", "mai", "cus_1")
    with pytest.raises(UsageError, match="who"):
        service.audit("unmasking", " ", "cus_1")
    assert service.audit("unmasking", "mai", "cus_1", "a call").number == 1
    assert service.last_of("unmasking").what == "cus_1"
    assert service.last_of("policy") is None


def told(path) -> tuple[object, ...]:
    """All that a file says of what was done, in the words of another program; what it cannot say is no word."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as file:
        rows = file.execute("SELECT * FROM audit ORDER BY number").fetchall()
        return rows, file.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The bytes of a chain of forty rows, and what it says."""
    path = tmp_path_factory.mktemp("whole") / "audit.db"
    trail = AuditTrail(path)
    for place in range(40):
        trail.add("decision", "mai", f"decision {place + 1}", "đã gọi cho khách, cùng một người")
    trail.close()
    return path.read_bytes(), told(path)


@settings(deadline=None, max_examples=150)
@given(place=st.floats(0, 1, exclude_max=True), bits=st.integers(1, 255))
def test_one_byte_that_changes_is_seen_or_says_nothing(whole, place, bits):
    """A byte of a page that no row fills, or of the file's own counters, is no word of the chain."""
    data, before = whole
    at = int(place * len(data))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "audit.db"
        path.write_bytes(data[:at] + bytes([data[at] ^ bits]) + data[at + 1 :])
        trail = AuditTrail(path)
        found = trail.broken()
        trail.close()
        assert found is not None or told(path) == before, f"byte {at} with {bits}"


def test_each_byte_of_a_row_counts(whole, tmp_path):
    data, _ = whole
    start = data.index(b"decision 7")
    for at in range(start, start + 40):
        (tmp_path / "audit.db").write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        trail = AuditTrail(tmp_path / "audit.db")
        found = trail.broken()
        trail.close()
        assert found is not None
        assert found.number in (7, 8), "the row, or the one behind it where its own number is hit"


def test_a_file_that_cannot_be_read_is_named_as_such(whole, tmp_path):
    data, _ = whole
    at = data.index("đã gọi".encode())
    (tmp_path / "audit.db").write_bytes(data[:at] + b"\xff" + data[at + 1 :])
    trail = AuditTrail(tmp_path / "audit.db")
    found = trail.broken()
    trail.close()
    assert found is not None
    assert not found.readable
    assert "cannot be read" in found.words
