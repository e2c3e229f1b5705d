"""Records of decisions without a row in the audit chain are given one."""

from __future__ import annotations

import pytest

import knotwork
from knotwork.service.audited import MADE_UP, make_up


@pytest.fixture
def kw(tmp_path):
    knotwork.init(tmp_path / "w")
    with knotwork.open(tmp_path / "w") as opened:
        yield opened


def silently(kw, *keys):
    """Decisions whose maker was killed before their rows were written."""
    words = [kw._decisions.word("block", key, None) for key in keys]
    new, _ = kw._decisions.checked(words, "mai", "x")
    kw._decisions.recorded_as_one(new, by="mai", reason="x")


def told(kw):
    return [(one.kind, one.who, one.what, one.detail == MADE_UP) for one in kw.audit.rows(last=1_000)]


def test_what_lacks_a_row_gets_it_before_the_next_one(kw):
    kw.decide("block", "c:1", reason="x", by="linh")
    silently(kw, "c:2", "c:3")
    kw.decide("block", "c:4", reason="x", by="linh")
    assert told(kw) == [
        ("decision", "linh", "decision 1", False),
        ("decision", "mai", "decision 2", True),
        ("decision", "mai", "decision 3", True),
        ("decision", "linh", "decision 4", False),
    ]


def test_a_taking_back_is_a_record_as_well(kw):
    kw.decide("block", "c:1", reason="x", by="linh")
    kw._decisions.recorded_as_one((), (1,), by="mai", reason="x")
    assert make_up(kw.audit, kw.home.store) == 1
    assert make_up(kw.audit, kw.home.store) == 0
    assert told(kw)[-1] == ("undo", "mai", "decision 1", True)


def test_other_rows_in_between_do_not_hide_where_the_records_end(kw):
    kw.decide("block", "c:1", reason="x", by="linh")
    kw.undo(1, by="linh", reason="x")
    kw.audit.each("unmasking", "hoa", [(f"cus_{place}", "") for place in range(200)])
    assert make_up(kw.audit, kw.home.store) == 0
    silently(kw, "c:2")
    assert make_up(kw.audit, kw.home.store) == 1


def test_what_was_imported_has_its_row(kw, tmp_path):
    kw.decide("block", "c:1", reason="x", by="linh")
    kw.undo(1, by="linh", reason="x")
    kw.export_decisions(tmp_path / "out.jsonl")
    knotwork.init(tmp_path / "other")
    with knotwork.open(tmp_path / "other") as other:
        other.import_decisions(tmp_path / "out.jsonl")
        assert make_up(other.audit, other.home.store) == 0
