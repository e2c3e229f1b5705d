"""Decisions on a real workspace: refused, kept, undone, carried elsewhere, and there again after a crash."""

from __future__ import annotations

import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import knotwork
from knotwork.service.decisions import DecisionService, Wording
from knotwork.workspace.lock import writing
from knotwork_graph.errors import (
    ContradictionError,
    InputError,
    StoreError,
    UnknownDecisionError,
    UsageError,
    WorkspaceBusyError,
)
from knotwork_graph.journal import Journal
from knotwork_graph.model import in_force, told
from knotwork_visualise import cluster_html, scene


@pytest.fixture
def kw(tmp_path):
    knotwork.init(tmp_path / "shop")
    (tmp_path / "events.jsonl").write_text(
        '{"source": "web", "message_id": "1", "timestamp": "2026-03-01T09:00:00Z", '
        '"identifiers": {"email": "lan@example.com", "cookie": "c-1"}}\n'
    )
    with knotwork.open(tmp_path / "shop") as opened:
        opened.load(tmp_path / "events.jsonl")
        opened.resolve()
        yield opened


def numbers(kw, *, every=False):
    return [one.number for one in kw.decisions(every=every)]


def test_a_decision_is_told_back_with_who_when_and_why(kw):
    made = kw.decide("must-link", " email:LAN@Example.com", "cookie:c-1", reason=" same ", by="mai", comment="đã gọi")
    (one,) = kw.decisions()
    assert made.fresh
    assert made.remarks == ()
    assert (one.kind, one.a, one.b) == ("must_link", "email:lan@example.com", "cookie:c-1")
    assert (one.number, one.by, one.reason, one.comment) == (1, "mai", "same", "đã gọi")


def test_the_machine_s_user_decides_where_nobody_is_named(kw, monkeypatch):
    monkeypatch.setattr("getpass.getuser", lambda: "linh")
    assert kw.decide("block", "email:lan@example.com", reason="noise").record.by == "linh"


def test_where_the_machine_knows_nobody_a_name_is_asked_for(kw, monkeypatch):
    def nobody() -> str:
        raise OSError("No username set in the environment")

    monkeypatch.setattr("getpass.getuser", nobody)
    with pytest.raises(UsageError, match="--by"):
        kw.decide("block", "email:lan@example.com", reason="noise")


def test_a_contradiction_is_refused_and_names_the_first(kw):
    kw.decide("must-link", "email:lan@example.com", "cookie:c-1", reason="same", by="mai")
    kw.decide("must-link", "cookie:c-1", "phone:+84901234521", reason="same", by="mai")
    with pytest.raises(ContradictionError, match=r"decision 1 \(a must-link by mai, .* must-links 2\.") as refused:
        kw.decide("cannot_link", "phone:0901234521", "email:lan@example.com", reason="no", by="linh")
    assert refused.value.first == 1
    assert "lan@" not in str(refused.value)
    assert numbers(kw, every=True) == [1, 2]
    kw.undo(2)
    assert kw.decide("cannot_link", "phone:0901234521", "email:lan@example.com", reason="no").record.number == 4


def test_the_same_twice_stands_already(kw):
    kw.decide("cannot-link", "email:lan@example.com", "cookie:c-1", reason="two", by="mai")
    again = kw.decide("cannot-link", "cookie:c-1", "email:lan@example.com", reason="two of them", by="linh")
    assert (again.fresh, again.record.number, again.record.by) == (False, 1, "mai")
    assert numbers(kw, every=True) == [1]


def test_an_identifier_never_seen_is_kept_and_said(kw):
    made = kw.decide("mark-shared", "phone:0912 345 678", reason="a family's")
    assert made.record.a == "phone:+84912345678"
    assert "never seen" in made.remarks[0]
    assert "912" not in made.remarks[0]


@pytest.mark.parametrize(
    ("kind", "a", "b", "reason"),
    [
        ("marry", "a:1", "b:1", "x"),
        ("must-link", "a:1", None, "x"),
        ("block", "a:1", "b:1", "x"),
        ("must-link", "email:LAN@example.com", "email:lan@example.com", "x"),
        ("block", "a:1", None, "  "),
        ("block", "a:1", None, "x" * 2001),
    ],
)
def test_what_cannot_be_meant_is_wrong_usage_and_leaves_no_trace(kw, kind, a, b, reason):
    with pytest.raises(UsageError):
        kw.decide(kind, a, b, reason=reason)
    assert not kw.layout.decisions.exists()


@pytest.mark.parametrize("number", [0, -1, 3, 99])
def test_an_undo_of_what_is_no_decision_is_refused(kw, number):
    kw.decide("block", "cookie:c-1", reason="x")
    kw.undo(1)
    kw.undo(1)
    assert numbers(kw, every=True) == [1, 2]
    with pytest.raises(UnknownDecisionError):
        kw.undo(2 if number == 3 else number)


def test_decisions_are_undone_in_any_order(kw):
    for key in "abc":
        kw.decide("block", f"cookie:{key}", reason="x")
    assert kw.undo(2, reason="slip", by="mai").record.undoes == 2
    assert numbers(kw) == [1, 3]
    kw.undo(3)
    kw.undo(1)
    assert numbers(kw) == []
    assert [one.undone_by for one in kw.decisions(every=True)][:3] == [6, 4, 5]


def test_a_death_between_journal_and_graph_is_mended_by_the_next_opening(kw, monkeypatch):
    kw.decide("block", "cookie:a", reason="x")

    def die(records: tuple[object, ...]) -> None:
        if records:
            raise KeyboardInterrupt

    monkeypatch.setattr(kw.home.store, "add_decisions", die)
    with pytest.raises(KeyboardInterrupt):
        kw.decide("block", "cookie:b", reason="x")
    monkeypatch.undo()
    with knotwork.open(kw.layout.folder) as again:
        assert numbers(again) == [1, 2]


def test_a_graph_made_from_nothing_and_a_lost_journal_are_filled_from_each_other(kw, tmp_path):
    for key in "ab":
        kw.decide("block", f"cookie:{key}", reason="x")
    before = kw.decisions(every=True)
    kw.close()
    for file in kw.layout.graph.glob("graph.db*"):
        file.unlink()
    assert kw.decisions(every=True) == before
    lines = kw.layout.decisions.read_text()
    kw.layout.decisions.unlink()
    kw.decide("block", "cookie:c", reason="x")
    assert kw.layout.decisions.read_text().startswith(lines)
    assert numbers(kw) == [1, 2, 3]


def test_deciding_takes_the_workspace_s_lock(kw):
    with writing(kw.layout.lock, "resolve"), pytest.raises(WorkspaceBusyError, match="resolve"):
        kw.decide("block", "cookie:a", reason="x")


# --- carried elsewhere


@pytest.fixture
def other(tmp_path):
    knotwork.init(tmp_path / "other")
    with knotwork.open(tmp_path / "other") as opened:
        yield opened


def without_numbers(records):
    return [(one.kind, one.a, one.b, one.by, one.at, one.reason, one.comment, bool(one.undone_by)) for one in records]


def test_an_export_is_imported_whole_with_who_and_when_and_only_once(kw, other, tmp_path):
    kw.decide("must-link", "a:1", "b:1", reason="x", by="mai", comment="c")
    kw.undo(1, by="linh")
    kw.decide("cannot-link", "a:1", "b:1", reason="y", by="mai")
    other.decide("block", "z:9", reason="own")
    assert kw.export_decisions(tmp_path / "out.jsonl") == 3
    taken = other.import_decisions(tmp_path / "out.jsonl")
    assert (taken.fresh, taken.known) == (3, 0)
    assert without_numbers(other.decisions(every=True)[1:]) == without_numbers(kw.decisions(every=True))
    assert (other.import_decisions(tmp_path / "out.jsonl").fresh, numbers(other)) == (0, [1, 4])
    assert kw.import_decisions(tmp_path / "out.jsonl").fresh == 0
    other.undo(4)
    assert (other.import_decisions(tmp_path / "out.jsonl").fresh, numbers(other)) == (0, [1])


def test_what_somebody_else_decided_here_is_not_undone_by_the_file(kw, other):
    kw.decide("block", "a:1", reason="x", by="mai")
    kw.undo(1)
    other.decide("block", "a:1", reason="own", by="linh")
    stream = io.StringIO()
    kw.export_decisions(stream)
    stream.seek(0)
    assert (other.import_decisions(stream).known, numbers(other)) == (2, [1])


def test_an_import_that_contradicts_takes_nothing(kw, other, tmp_path):
    kw.decide("block", "z:1", reason="x")
    kw.decide("must-link", "a:1", "b:1", reason="x")
    other.decide("cannot-link", "a:1", "b:1", reason="y", by="linh")
    kw.export_decisions(tmp_path / "out.jsonl")
    with pytest.raises(ContradictionError, match=r"line 2 .*decision 1 \(a cannot-link by linh"):
        other.import_decisions(tmp_path / "out.jsonl")
    assert numbers(other, every=True) == [1]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("not json", r"bad\.jsonl: line 1 is no record of a decision \(it is no JSON: "),
        (
            '\n{"number": 1, "kind": "glue", "by": "m", "at": "2026-03-01T00:00:00Z"}',
            "line 2 .*no kind of decision called",
        ),
        (
            '{"number": 1, "kind": "block", "a": "c:1", "by": "m", "at": "yesterday"}',
            "line 1 .*at is no time: 'yesterday'",
        ),
        ('{"number": 2, "kind": "undo", "by": "m", "at": "2026-03-01T00:00:00Z", "undoes": 1}', "undoes decision 1"),
        (
            '{"number": 1, "kind": "block", "a": "nocolon", "by": "m", "at": "2026-03-01T00:00:00Z"}',
            "line 1: .*type:value",
        ),
    ],
)
def test_a_file_that_cannot_be_is_refused(other, tmp_path, text, words):
    (tmp_path / "bad.jsonl").write_text(text)
    with pytest.raises(InputError, match=words):
        other.import_decisions(tmp_path / "bad.jsonl")
    assert numbers(other, every=True) == []


# --- a history of any length


class Kept:
    """A store that keeps decisions and nothing else."""

    def __init__(self) -> None:
        self.records = ()

    def decisions(self):
        return told(self.records)

    def add_decisions(self, records):
        new = [one for one in records if one.number > len(self.records)]
        self.records = (*self.records, *new)

    def decision_count(self):
        return len(self.records)

    def decision(self, number):
        return next((one for one in told(self.records) if one.number == number), None)

    def decisions_on(self, keys):
        standing = {one.number for one in in_force(self.records)}
        return tuple(one for one in self.records if one.number in standing and {one.a, one.b} & set(keys))

    def standing(self, identifier):
        return identifier

    def find(self, _identifier):
        return None


STEP = st.one_of(
    st.tuples(st.sampled_from(["must-link", "cannot-link"]), st.integers(0, 4), st.integers(0, 4)),
    st.tuples(st.sampled_from(["mark-shared", "keep-linking", "block"]), st.integers(0, 4), st.none()),
    st.tuples(st.just("undo"), st.integers(1, 30), st.none()),
    st.just(("reopen", 0, None)),
)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, max_size=30))
def test_any_history_is_kept_in_journal_and_store_and_survives_a_new_store(tmp_path_factory, steps):
    from knotwork_graph.policy import Policy

    journal = Journal(tmp_path_factory.mktemp("journal") / "decisions.jsonl")
    store, standing = Kept(), set()
    for kind, a, b in steps:
        service = DecisionService(journal, store, Policy())
        try:
            if kind == "reopen":
                store = Kept()
            elif kind == "undo":
                standing.discard(service.undo(a, Wording("x", "mai")).record.undoes)
            else:
                other = None if b is None else f"t:{b}"
                standing.add(service.decide(kind, f"t:{a}", other, Wording("x", "mai")).record.number)
        except (ContradictionError, UnknownDecisionError, UsageError):
            continue
        if kind != "reopen":
            assert told(journal.read()) == store.decisions()
            assert {one.number for one in in_force(store.decisions())} == standing
    assert [one.number for one in journal.read()] == list(range(1, len(journal.read()) + 1))


def test_doctor_compares_the_journal_with_the_graph(kw):
    kw.decide("block", "cookie:a", reason="x")
    kw.decide("block", "cookie:b", reason="x")
    told_well = [one for one in kw.doctor() if "2 records of decisions" in one.what]
    assert [one.ok for one in told_well] == [True]
    lines = kw.layout.decisions.read_text().splitlines(keepends=True)
    kw.layout.decisions.write_text(lines[0])
    assert [one.ok for one in kw.doctor() if "journal holds 1 record" in one.what] == [False]
    kw.layout.decisions.write_text(lines[0].replace("cookie:a", "cookie:z") + lines[1])
    assert [one.ok for one in kw.doctor() if one.what.startswith("decision 1 is told differently")] == [False]


def test_a_journal_of_another_workspace_is_refused(kw):
    kw.decide("block", "cookie:a", reason="x")
    kw.layout.decisions.write_text(kw.layout.decisions.read_text().replace("cookie:a", "cookie:z"))
    with pytest.raises(StoreError, match=r"decision 1 .* another one"):
        kw.decide("block", "cookie:b", reason="x")


def test_must_links_are_drawn_and_a_cannot_link_cuts_its_line(kw):
    kw.decide("cannot-link", "email:lan@example.com", "cookie:c-1", reason="two", by="mai")
    kw.decide("must-link", "email:lan@example.com", "phone:+84901234521", reason="called", by="mai")
    kw.resolve()
    cluster = kw.cluster(kw.customer("email:lan@example.com").id)
    assert {(edge.a, edge.b): edge.kind for edge in cluster.edges} == {
        ("cookie:c-1", "email:lan@example.com"): "severed"
    }
    kw.undo(1)
    kw.decide("must-link", "email:lan@example.com", "cookie:c-1", reason="one", by="mai")
    kw.resolve()
    cluster = kw.cluster(kw.customer("email:lan@example.com").id)
    assert [edge.kind for edge in cluster.edges] == ["decided"]
    page = cluster_html(scene(cluster.identifiers, cluster.edges), cluster.customer)
    assert "decided by a steward" in page
    assert "decision 4 (mai, " in page


def test_a_must_link_of_two_never_seen_together_is_drawn(kw, tmp_path):
    (tmp_path / "more.jsonl").write_text(
        '{"source": "web", "message_id": "2", "timestamp": "2026-03-01T09:00:00Z", "identifiers": {"device": "d"}}\n'
    )
    kw.load(tmp_path / "more.jsonl")
    kw.decide("must-link", "device:d", "cookie:c-1", reason="one", by="mai")
    kw.resolve()
    cluster = kw.cluster(kw.customer("device:d").id)
    made = next(edge for edge in cluster.edges if edge.kind == "decided")
    assert (made.a, made.b, made.count) == ("cookie:c-1", "device:d", 0)
    page = cluster_html(scene(cluster.identifiers, cluster.edges), cluster.customer)
    assert "decision 1 (mai, " in page
    assert "seen together 0 times" not in page
