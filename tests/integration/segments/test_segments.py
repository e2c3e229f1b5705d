"""Segments of a workspace with real runs: from Python, typed, in analyses and exports, and over its life."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from knotwork.access.masks import Mask
from knotwork.access.roles import Role
from knotwork.cli.main import status
from knotwork.service.segments import Places, SegmentService
from knotwork.workspace import Workspace, init, open_workspace
from knotwork_graph.errors import PolicyError, UnknownCustomerError, UsageError

NOW = datetime.now(UTC)
SEGMENTS = """
[segments.buyers]
title = "Who buys"
all = [{ event = "Order Completed", in_last = "30d" }]
[segments.big]
purpose = "marketing"
all = [{ segment = "buyers" }, { event = "Order Completed", sum = "revenue", currency = "VND", at_least = 50 }]
"""
LINES = (
    ("lan", "Looked", 5, {}, None),
    ("lan", "Order Completed", 3, {"revenue": 100, "currency": "VND"}, True),
    ("hung", "Looked", 50, {}, None),
    ("hung", "Order Completed", 40, {"revenue": 70, "currency": "VND"}, None),
    ("mai", "Order Completed", 2, {"revenue": 70, "currency": "VND"}, False),
)


def event(number: int, who: str, name: str, days: float, properties: dict[str, Any], agreed: bool | None) -> str:
    told = {
        "source": "web", "message_id": f"m{number}", "event": name,
        "timestamp": (NOW - timedelta(days=days)).isoformat(),
        "identifiers": {"email": f"{who}@example.com"}, "traits": {"given_name": who.title(), "city": "Huế"},
        "properties": properties, "consent": {} if agreed is None else {"marketing": agreed},
    }  # fmt: skip
    return json.dumps(told)


def opened(folder: Path) -> Workspace:
    init(folder / "shop")
    policy = folder / "shop" / "knotwork.toml"
    said = policy.read_text(encoding="utf-8").replace("# consent = true", "consent = false")
    policy.write_text(said + SEGMENTS, encoding="utf-8")
    (folder / "e.jsonl").write_text("\n".join(event(n, *line) for n, line in enumerate(LINES)), encoding="utf-8")
    made = open_workspace(folder / "shop")
    made.load(folder / "e.jsonl")
    made.resolve()
    return made


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """One shop for all that only ask."""
    with opened(tmp_path_factory.mktemp("asked")) as made:
        yield made


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Workspace]:
    """A shop for a test that changes it."""
    with opened(tmp_path) as made:
        yield made


@pytest.fixture
def typed(shop: Workspace, capfd: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def call(*arguments: str) -> tuple[int, str, str]:
        ended = status(["--workspace", str(shop.layout.folder), *arguments], open_workspace)
        out, err = capfd.readouterr()
        return ended, out, err

    return call


def who(workspace: Workspace, name: str) -> set[str]:
    """The given names of the members."""
    found = [workspace.customer(one.customer) for one in workspace.segment_members(name).members]
    return {one.profile["given_name"] for one in found}  # type: ignore[union-attr]  # nobody was split


# --- asking


def test_members_are_those_that_the_rule_and_the_consent_of_its_purpose_name(shop: Workspace):
    assert {one.name: one.size for one in shop.segments()} == {"big": 1, "buyers": 2}
    assert who(shop, "buyers") == {"Lan", "Mai"}
    assert who(shop, "big") == {"Lan"}  # Mai has refused, and Hưng has not bought for a while


def test_members_are_paged_by_id(shop: Workspace):
    first = shop.segment_members("buyers", first=1)
    rest = shop.segment_members("buyers", first=1, after=first.members[-1].customer)
    assert (first.size, first.more, rest.more) == (2, True, False)
    assert first.members[0].customer < rest.members[0].customer
    assert first.members[0].run == 1


def test_why_names_every_condition_and_the_value_that_met_it(shop: Workspace):
    found = shop.segment_why("big", "email:mai@example.com")
    assert not found.inside
    assert [(one.place, one.met, one.value) for one in found.conditions] == [
        ("purpose", False, False),
        ("all[1]", True, True),
        ("all[2]", True, 70),
    ]
    assert shop.segment_why("big", "email:lan@example.com").run == 1
    with pytest.raises(UnknownCustomerError):
        shop.segment_why("big", "email:nobody@example.com")


def test_values_of_traits_are_masked_for_who_may_not_see_them(fresh: Workspace):
    fresh.define_segment("lans", {"all": [{"trait": "given_name", "is": "Lan"}, {"trait": "city", "is": "Huế"}]})
    found = fresh.segment_why("lans", "email:lan@example.com")
    assert [one.value for one in found.conditions] == ["Lan", "Huế"]
    masked = found.masked(Mask(Role.ANALYST))
    assert masked.conditions[0].value != "Lan"
    assert masked.conditions[1].value == "Huế"


def test_a_preview_counts_the_rule_and_each_condition_and_writes_nothing(shop: Workspace):
    before = sorted(shop.layout.folder.rglob("*.toml"))
    found = shop.segment_preview({"purpose": "marketing", "all": [{"event": "Order Completed"}, {"event": "Lookd"}]})
    assert (found.size, found.customers, found.refused) == (0, 3, 0)
    assert [(one.place, one.customers) for one in found.conditions] == [("purpose", 1), ("all[1]", 3), ("all[2]", 0)]
    assert [one for one in found.warnings if 'did you mean "Looked"?' in one]
    assert shop.segment_preview('purpose = "marketing"\nall = [{ event = "Order Completed" }]').refused == 2
    assert sorted(shop.layout.folder.rglob("*.toml")) == before


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ({"trait": "citty"}, 'no trait "citty" is known as yet, so nobody meets this; did you mean "city"?'),
        ({"identifier": "emial"}, 'no identifier type "emial"'),
        ({"segment": "byers"}, 'no segment "byers" is known as yet, so nobody meets this; did you mean "buyers"?'),
        ({"signal": "keen"}, 'no signal "keen" is known as yet, so nobody meets this; none is known yet'),
        ({"consent": "marketng"}, 'did you mean "marketing"?'),
        ({"sequence": ["Looked", "Ordr Completed"]}, 'did you mean "Order Completed"?'),
    ],
)
def test_names_that_nobody_knows_are_warned_of_with_the_nearest(shop: Workspace, condition, words):
    assert any(words in one for one in shop.segment_preview({"any": [condition]}).warnings)


def test_a_trait_that_never_was_a_number_is_not_compared_with_one(shop: Workspace):
    with pytest.raises(PolicyError, match=r"all\[1\]\.trait: city is never a number"):
        shop.segment_preview({"all": [{"trait": "city", "above": 3}]})


def test_an_analysis_is_asked_of_a_segment_or_of_two_side_by_side(shop: Workspace):
    assert shop.analyse("funnel", steps=["Looked", "Order Completed"], segment="buyers").tables()[0].rows[1][2] == 1
    pair = shop.analyse("lifecycle", segment="big", beside_segment="buyers")
    assert [row[1:4] for row in pair.tables()[0].rows if row[0] == "new"] == [(1, 2, 1)]
    with pytest.raises(UsageError, match='did you mean "buyers"'):
        shop.analyse("rfm", segment="byers")
    with pytest.raises(UsageError, match="name one of them"):
        shop.analyse("rfm", segment="big", customers=["cus_0000000001"])


def test_the_export_holds_every_member_of_every_segment(shop: Workspace, tmp_path: Path):
    assert shop.export("segments", "csv", tmp_path / "s.csv") == 3
    rows = list(csv.DictReader(StringIO((tmp_path / "s.csv").read_text(encoding="utf-8"))))
    assert list(rows[0]) == ["name", "customer_id", "since", "run"]
    assert [row["name"] for row in rows] == ["big", "buyers", "buyers"]


# --- over time


def test_an_event_brings_its_customer_in_at_once_and_history_tells_of_it(fresh: Workspace):
    fresh.collect([event(9, "hung", "Order Completed", 0, {"revenue": 5, "currency": "VND"}, True)])
    assert who(fresh, "buyers") == {"Lan", "Hung", "Mai"}
    assert who(fresh, "big") == {"Lan", "Hung"}
    fresh.collect([event(10, "lan", "Looked", 0, {}, False)])
    assert who(fresh, "big") == {"Hung"}
    gone = [one for one in fresh.segment_history("big") if one.left is not None]
    assert [(one.customer, one.entered_run, one.left_run) for one in gone] == [
        (fresh.customer("email:lan@example.com").id, 1, 1)  # type: ignore[union-attr]  # nobody was split
    ]
    fresh.resolve(full=True)
    assert who(fresh, "big") == {"Hung"}
    assert gone == [one for one in fresh.segment_history("big") if one.left is not None]
    assert {one.entered_run for one in fresh.segment_history("buyers")} == {1}


def test_an_erasure_takes_its_customer_out_at_once(fresh: Workspace, monkeypatch: pytest.MonkeyPatch):
    assert "Lan" in who(fresh, "buyers")
    gone = fresh.customer("email:lan@example.com").id  # type: ignore[union-attr]  # nobody was split
    fresh.erase("email:lan@example.com", reason="asked for by post")
    monkeypatch.setattr(fresh.segmenting, "follow", lambda: 0)  # so that only what is kept already is told
    stays = [one for one in fresh.segment_history("buyers") if one.customer == gone]
    assert stays
    assert all(one.left is not None for one in stays)


def test_collecting_never_waits_for_a_look_at_everybody(fresh: Workspace):
    fresh.define_segment("lookers", {"all": [{"event": "Looked"}]})
    folder = fresh.layout.segments / "lookers.toml"
    folder.write_text('all = [{ event = "Looked" }, { known = true }]\n', encoding="utf-8")
    folders = sorted(path.name for path in fresh.layout.stays.iterdir() if path.name.isdigit())
    fresh.collect([event(9, "mai", "Looked", 0, {}, None)])
    assert sorted(path.name for path in fresh.layout.stays.iterdir() if path.name.isdigit()) == folders
    assert who(fresh, "lookers") == {"Lan", "Hung", "Mai"}


def test_customers_leave_by_time_alone_and_the_night_finds_the_same(fresh: Workspace, tmp_path: Path):
    later = NOW + timedelta(days=28, hours=1)
    places = Places(fresh.layout.policy, fresh.layout.segments, fresh.layout.stays)
    service = SegmentService(fresh.home, fresh.settings, places, lambda _: 0, lambda: later)
    assert len(fresh.segmenting.numbers("buyers")) == 2
    assert service.numbers("buyers") == ()
    assert fresh.layout.stays.joinpath("1").exists()
    assert not fresh.layout.stays.joinpath("2").exists()  # only those whose time had come were looked at
    anew = SegmentService(
        fresh.home, fresh.settings, Places(places.policy, places.own, tmp_path / "anew"), lambda _: 0, lambda: later
    )
    assert anew.numbers("buyers") == ()
    service.close()
    anew.close()


def test_a_merged_customer_leaves_and_comes_back_when_that_is_undone(fresh: Workspace):
    both = set(fresh.segmenting.numbers("buyers"))
    made = fresh.decide("must_link", "email:lan@example.com", "email:mai@example.com", reason="one person")
    fresh.resolve()
    assert len(fresh.segmenting.numbers("buyers")) == 1
    assert fresh.segment_members("big").size == 0  # the stricter word counts for both
    fresh.undo(made.record.number, reason="two people")
    fresh.resolve()
    assert set(fresh.segmenting.numbers("buyers")) == both


# --- defining


def test_a_defined_segment_has_members_at_once_and_its_file_reads_back(fresh: Workspace):
    made = fresh.define_segment("lookers", {"title": "Chỉ xem", "none": [{"event": "Order Completed"}]})
    assert (made.size, made.own, made.file) == (0, True, "lookers.toml")
    again = fresh.define_segment("lookers", 'all = [{ event = "Looked" }]', replace=True)
    assert again.size == 2
    with open_workspace(fresh.layout.folder) as other:
        assert other.segment("lookers").rule == again.rule
    with pytest.raises(UsageError, match="there is a segment lookers already"):
        fresh.define_segment("lookers", {"all": [{"known": True}]})
    fresh.remove_segment("lookers")
    with pytest.raises(UsageError, match="there is no segment lookers"):
        fresh.segment("lookers")
    assert all(one.left is not None for one in fresh.segment_history("lookers"))


def test_what_stands_in_the_policy_or_is_named_by_another_is_not_written_over(fresh: Workspace):
    with pytest.raises(UsageError, match="Change it there"):
        fresh.define_segment("buyers", {"all": [{"known": True}]}, replace=True)
    fresh.define_segment("a", {"all": [{"known": True}]})
    fresh.define_segment("b", {"all": [{"segment": "a"}]})
    with pytest.raises(UsageError, match="b names this segment"):
        fresh.remove_segment("a")
    with pytest.raises(PolicyError, match="circle"):
        fresh.define_segment("a", {"all": [{"segment": "b"}]}, replace=True)


def test_a_rule_that_cannot_be_meant_stops_a_run_before_it_begins_but_no_event(fresh: Workspace):
    fresh.layout.segments.mkdir()
    (fresh.layout.segments / "bad.toml").write_text("all = [{ evnt = 3 }]\n", encoding="utf-8")
    with pytest.raises(PolicyError, match=r"bad\.toml: all\[1\]"):
        fresh.resolve(full=True)
    assert [one.what for one in fresh.doctor() if not one.ok and "bad.toml: all[1]" in one.what]
    assert fresh.collect([event(9, "hung", "Order Completed", 0, {}, None)]).load.accepted == 1
    (fresh.layout.segments / "bad.toml").unlink()
    assert who(fresh, "buyers") == {"Lan", "Hung", "Mai"}


def test_before_anything_is_resolved_there_is_nobody_and_a_word_why(tmp_path: Path):
    init(tmp_path / "empty")
    with open_workspace(tmp_path / "empty") as empty:
        assert empty.segments() == ()
        found = empty.segment_preview({"all": [{"known": True}]})
        assert (found.size, found.as_of) == (0, None)
        assert "nothing is resolved yet" in found.warnings[0]
        assert empty.define_segment("all", {"all": [{"known": True}]}).as_of is None
        assert empty.segment_members("all").members == ()
        assert empty.segment_history() == ()


def test_a_backup_holds_segments_and_their_history(fresh: Workspace, tmp_path: Path):
    from knotwork.service.backup import restore

    fresh.define_segment("lookers", {"all": [{"event": "Looked"}]})
    fresh.backup(tmp_path / "kept")
    restore(tmp_path / "kept", tmp_path / "again")
    with open_workspace(tmp_path / "again") as again:
        assert {one.name: one.size for one in again.segments()} == {"big": 1, "buyers": 2, "lookers": 2}
        assert again.segment_history() == fresh.segment_history()


# --- typed


def test_the_commands_tell_the_same(typed: Callable[..., tuple[int, str, str]], tmp_path: Path):
    assert typed("segment", "list")[1].splitlines()[1:] == [
        "big\t1\t\tmarketing\tknotwork.toml",
        "buyers\t2\tWho buys\t\tknotwork.toml",
    ]
    assert 'event = "Order Completed"' in typed("segment", "show", "buyers")[1]
    page = json.loads(typed("segment", "members", "buyers", "--format", "json")[1])
    assert (page["size"], len(page["members"])) == (2, 2)
    ended, out, err = typed("segment", "why", "big", "email:mai@example.com")
    assert ended == 0
    assert "is not in big" in out
    assert "as of" in err
    (tmp_path / "rule.json").write_text('{"all": [{"event": "Loked"}]}', encoding="utf-8")
    ended, out, err = typed("segment", "preview", str(tmp_path / "rule.json"))
    assert "0 of 3 customers" in out
    assert 'did you mean "Looked"?' in err
    assert len(typed("segment", "history", "buyers")[1].splitlines()) == 3
    assert "Looked" in typed("analyse", "funnel", "Looked", "Order Completed", "--segment", "buyers")[1]


def test_what_cannot_be_meant_is_said_in_a_line(typed: Callable[..., tuple[int, str, str]], tmp_path: Path):
    ended, _, err = typed("segment", "show", "byers")
    assert (ended, 'did you mean "buyers"' in err) == (2, True)
    (tmp_path / "rule.json").write_text('{"all": [}', encoding="utf-8")
    ended, _, err = typed("segment", "preview", str(tmp_path / "rule.json"))
    assert (ended, "this is not JSON" in err) == (2, True)
    ended, _, err = typed("segment", "define", "x", str(tmp_path / "none.toml"))
    assert (ended, "No such file" in err) == (2, True)
