"""Load, match: proposals with evidence, joins that obey, reruns, and the way back."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from io import BytesIO

import pytest

from knotwork import Workspace
from knotwork_graph.errors import UsageError
from knotwork_graph.model import Heirs
from knotwork_graph.proposals import Findings
from knotwork_resolvers.matching import asking
from knotwork_resolvers.matching.shelved import clear
from tests.integration.matching.conftest import MAPPING, PEOPLE, Opened, again, cards, partition, person, written

SHARED_BY_TWO = "[identifiers.phone.shared_above]\nuser_id = 2\n"
TWICE = len(range(0, PEOPLE, 3))


def pairs_of(workspace: Workspace) -> set[tuple[str, str]]:
    return {(one.a, one.b) for one in workspace.proposals()}


def true_pairs(rows: list[dict[str, str]]) -> set[tuple[str, str]]:
    """The keys of both cards of everybody who comes twice."""
    phones = {row["row"][1:]: f"phone:+84{row['phone'][1:]}" for row in rows if row["row"].startswith("b")}
    emails = {row["row"][1:]: f"email:{row['email']}" for row in rows if row["row"].startswith("a")}
    return {(emails[number], phone) for number, phone in phones.items()}


def test_loading_and_matching_is_the_whole_job(opened: Opened) -> None:
    rows = cards()
    workspace = opened(rows)
    found = workspace.match()
    assert found.records == len(rows)
    assert pairs_of(workspace) == true_pairs(rows)
    assert found.proposals == TWICE
    assert found.joined == 0


def test_the_evidence_adds_up_and_is_exported(opened: Opened) -> None:
    workspace = opened(cards())
    workspace.match()
    out = BytesIO()
    assert workspace.export("proposals", "csv", out) == TWICE
    rows = list(csv.DictReader(out.getvalue().decode().splitlines()))
    assert list(rows[0]) == ["a", "b", "score", "band", "evidence"]
    for row in rows:
        why = json.loads(row["evidence"])
        total = why["prior"] + sum(step["weight"] for step in why["steps"]) + why["household"]
        assert total == pytest.approx(why["total"], abs=0.005)
        assert float(row["score"]) == pytest.approx(1 / (1 + 2 ** -why["total"]), abs=0.01)


def test_joins_link_and_are_told_and_go_as_they_came(opened: Opened) -> None:
    rows = cards()
    workspace = opened(rows, joins=True)
    workspace.resolve()
    before = partition(workspace)
    found = workspace.match()
    assert found.joined == TWICE
    assert {tuple(sorted(one)) for one in partition(workspace) if len(one) == 2} == true_pairs(rows)
    a, b = min(true_pairs(rows))
    (path,) = workspace.why(a, b).paths
    assert path.links[0].matched is not None
    assert path.links[0].model == found.model
    customer = workspace.customer(a)
    assert not isinstance(customer, Heirs)
    assert [edge.kind for edge in workspace.cluster(customer.id).edges] == ["matched"]
    assert workspace.match_explain(a, b).standing == "joined"
    assert workspace.unmatch() == TWICE
    assert partition(workspace) == before


def test_a_rerun_finds_the_same_although_its_pairs_are_joined(opened: Opened) -> None:
    workspace = opened(cards(), joins=True)
    first = workspace.match()
    joined = partition(workspace)
    second = workspace.match()
    assert (second.model, second.joined, second.changed) == (first.model, first.joined, False)
    assert partition(workspace) == joined


def test_a_pair_that_a_steward_keeps_apart_is_not_proposed_again(opened: Opened) -> None:
    rows = cards()
    workspace = opened(rows, joins=True)
    workspace.match()
    a, b = min(true_pairs(rows))
    workspace.decide("cannot_link", a, b, reason="a father and his son")
    workspace.resolve()
    assert workspace.why_not(a, b).together is False
    workspace.match()
    assert (a, b) not in pairs_of(workspace)
    assert any({a} == one for one in partition(workspace))
    assert len(workspace.decisions()) == 1


def test_two_accounts_stop_a_join(opened: Opened) -> None:
    rows = cards()
    rows[0]["user_id"], rows[PEOPLE]["user_id"] = "u1", "u2"
    workspace = opened(rows, joins=True)
    workspace.match()
    assert not any({"user_id:u1", "user_id:u2"} <= one for one in partition(workspace))


def test_only_the_new_are_compared(opened: Opened, tmp_path) -> None:
    workspace = opened(cards())
    workspace.match()
    before = pairs_of(workspace)
    late = again(person(1))
    workspace.load(written(tmp_path, [late], "late.csv"), mapping=tmp_path / "mapping.toml")
    found = workspace.match(new=True)
    added = (f"email:{person(1)['email']}", f"phone:+84{late['phone'][1:]}")
    assert pairs_of(workspace) == before | {added}
    assert found.proposals == 1
    assert workspace.match(new=True).proposals == 0
    assert pairs_of(workspace) == before | {added}


def test_a_model_of_another_version_is_made_again(opened: Opened, tmp_path) -> None:
    workspace = opened(cards())
    workspace.match()
    before, book = pairs_of(workspace), workspace.matching.book
    earlier = replace(book.model(), model='{"form": 0}')
    book.refresh(earlier, frozenset(), Findings([], [], []))
    one, other = min(before)
    with pytest.raises(UsageError, match="knotwork match"):
        workspace.match_explain(one, other)
    assert workspace.match(new=True).records == len(cards())
    assert pairs_of(workspace) == before


def test_two_are_explained_alike_with_the_index_and_without(opened: Opened, tmp_path, monkeypatch) -> None:
    workspace = opened(cards())
    workspace.match()
    workspace.load(written(tmp_path, [again(person(1))], "late.csv"), mapping=tmp_path / "mapping.toml")
    workspace.match(new=True)
    pairs = sorted(pairs_of(workspace))[::12]
    with monkeypatch.context() as patched:
        patched.setattr(asking, "gather", None)
        quick = [workspace.match_explain(a, b) for a, b in pairs]
    clear(workspace.matching.book)
    whole = [workspace.match_explain(a, b) for a, b in pairs]
    for one, other in zip(quick, whole, strict=True):
        assert one.standing == other.standing
        assert one.evidence.total == pytest.approx(other.evidence.total, abs=0.05)
        assert [step.words for step in one.evidence.steps] == [step.words for step in other.evidence.steps]


def test_two_new_ones_find_each_other(opened: Opened, tmp_path) -> None:
    workspace = opened(cards())
    workspace.match()
    late = [person(300), again(person(300))]
    workspace.load(written(tmp_path, late, "late.csv"), mapping=tmp_path / "mapping.toml")
    assert workspace.match(new=True).proposals == 1
    assert (f"email:{late[0]['email']}", f"phone:+84{late[1]['phone'][1:]}") in pairs_of(workspace)


def test_a_new_one_is_joined_where_the_policy_joins(opened: Opened, tmp_path) -> None:
    workspace = opened(cards(), joins=True)
    workspace.match()
    late = again(person(1)) | {"user_id": "u-late"}
    workspace.load(written(tmp_path, [late], "late.csv"), mapping=tmp_path / "mapping.toml")
    assert workspace.match(new=True).joined == 1
    assert any({f"email:{person(1)['email']}", "user_id:u-late"} <= one for one in partition(workspace))


def test_a_new_one_is_kept_apart_by_what_a_person_said(opened: Opened, tmp_path) -> None:
    workspace = opened(cards())
    workspace.match()
    late = again(person(1))
    workspace.load(written(tmp_path, [late], "late.csv"), mapping=tmp_path / "mapping.toml")
    workspace.resolve()
    pair = (f"email:{person(1)['email']}", f"phone:+84{late['phone'][1:]}")
    workspace.decide("cannot_link", *pair, reason="a father and his son")
    assert workspace.match(new=True).proposals == 0
    assert pair not in pairs_of(workspace)


def test_who_changes_stands_as_now_for_the_next_one(opened: Opened, tmp_path) -> None:
    """The index has the old record of a customer; what came since stands in its place, and is found by it."""
    workspace = opened(cards())
    workspace.match()
    moved = person(1) | {"row": "m1", "address": "77 Trần Phú, Phường Bến Nghé, Quận 1, TP.HCM", "name": "", "born": ""}
    workspace.load(written(tmp_path, [moved], "moved.csv"), mapping=tmp_path / "mapping.toml")
    workspace.match(new=True)
    late = again(person(1)) | {"row": "l1", "address": moved["address"]}
    workspace.load(written(tmp_path, [late], "late.csv"), mapping=tmp_path / "mapping.toml")
    assert workspace.match(new=True).proposals == 1
    (pair,) = (one for one in workspace.proposals() if f"phone:+84{late['phone'][1:]}" in (one.a, one.b))
    words = {step["trait"]: step["words"] for step in json.loads(pair.evidence)["steps"]}
    assert words["address"] == "the same"


def test_an_erasure_leaves_nothing_to_compare_new_ones_with(opened: Opened, tmp_path) -> None:
    rows = cards()
    workspace = opened(rows)
    workspace.match()
    shelf = workspace.matching.book.shelf
    assert list(shelf.iterdir())
    workspace.erase(f"email:{rows[5]['email']}", reason="asked for it")
    assert not shelf.exists()
    assert workspace.match(new=True).records == len(rows) - 1, "everybody is matched anew"
    assert list(shelf.iterdir())


def test_households_are_a_layer_of_their_own(opened: Opened) -> None:
    rows = [person(number) for number in range(PEOPLE)]
    wife = person(3) | {"row": "w", "email": "wife@example.com", "name": "Phạm Thị Kim Chi", "born": "1971-11-20"}
    workspace = opened([*rows, wife])
    workspace.match()
    (mate,) = workspace.household("email:wife@example.com")
    assert mate.key == f"email:{person(3)['email']}"
    assert mate.shares == "family name"
    assert workspace.household(f"email:{person(5)['email']}") == ()
    out = BytesIO()
    assert workspace.export("households", "csv", out) == 2
    assert len(partition(workspace)) == PEOPLE + 1


def test_events_with_a_masked_number_alone_go_to_whom_they_are(opened: Opened) -> None:
    rows = cards()
    card = rows[PEOPLE + 4]
    masked = card | {"row": "m1", "source": "market", "phone": card["phone"][:3] + "*****" + card["phone"][-2:]}
    workspace = opened([*rows, masked], joins=True)
    found = workspace.match()
    assert found.adopted == 1
    journey = workspace.journey(f"phone:+84{card['phone'][1:]}")
    assert "market" in {event.source for event in journey}
    workspace.match()
    assert workspace.match().adopted == 1


def test_events_with_a_shared_number_alone_go_to_whom_they_are(opened: Opened) -> None:
    """What only shows a number that several people use is nobody's by it, and yet says a name and an address."""
    rows = cards()
    number = {"phone": "0912000111", "address": "", "born": "", "email": ""}
    users = [person(200 + n) | number | {"row": f"s{n}", "user_id": f"u{n}"} for n in range(3)]
    late = rows[1] | {"row": "m1", "source": "market", "email": "", "phone": "0912000111"}
    workspace = opened(
        [*rows, *users, late], joins=True, more=SHARED_BY_TWO + '[resolution]\nshared_events = "nobody"\n'
    )
    assert workspace.match().adopted == 1
    assert "market" in {event.source for event in workspace.journey(f"email:{rows[1]['email']}")}


def test_a_number_that_several_share_is_compared_and_links_nobody(opened: Opened) -> None:
    rows = cards()
    users = [
        person(200 + n) | {"row": f"s{n}", "user_id": f"u{n}", "phone": "0912000111", "email": ""} for n in range(3)
    ]
    again_one = users[0] | {"row": "t0", "user_id": "", "email": "again@example.com", "address": "", "born": ""}
    workspace = opened([*rows, *users, again_one], more=SHARED_BY_TWO)
    workspace.match()
    (pair,) = (one for one in workspace.proposals() if "user_id:u0" in (one.a, one.b))
    assert "email:again@example.com" in (pair.a, pair.b)
    assert "phone" in {step.trait for step in workspace.match_explain(pair.a, pair.b).evidence.steps}
    assert {"user_id:u0"} in partition(workspace)


def test_a_steward_may_give_an_event_without_an_identifier_to_somebody(opened: Opened) -> None:
    rows = cards()
    masked = rows[1] | {"row": "m1", "source": "market", "email": "", "phone": "090*****11"}
    workspace = opened([*rows, masked])
    workspace.resolve()
    email = f"email:{rows[1]['email']}"
    number = workspace.decide("must_link", "event:market/m1", email, reason="the same parcel").record.number
    report = workspace.resolve()
    assert (report.because, report.warnings) == ("a decision says whose an event is", ())
    assert "market" in {event.source for event in workspace.journey(email)}
    workspace.undo(number)
    workspace.resolve()
    assert "market" not in {event.source for event in workspace.journey(email)}


def test_before_the_first_matching_there_is_nothing_to_tell(opened: Opened) -> None:
    workspace = opened(cards()[:5])
    workspace.resolve()
    with pytest.raises(UsageError, match="nothing was matched yet"):
        workspace.match_report()
    assert workspace.proposals() == ()


def test_the_report_tells_rules_weights_and_thresholds(opened: Opened) -> None:
    workspace = opened(cards())
    found = workspace.match()
    report = workspace.match_report()
    assert (report.model, report.proposals) == (found.model, TWICE)
    assert [one.pairs for one in report.thresholds] == sorted((one.pairs for one in report.thresholds), reverse=True)
    assert report.rules
    assert {weight["trait"] for weight in report.weights} >= {"name", "address", "birth_date"}


BAD = ("", "A", "🙂🙂", "محمد", "N/A", "x" * 300, "0", "Khách hàng")


def test_bad_input_makes_no_joins(opened: Opened) -> None:
    """Placeholders, emojis, one-letter names, 1900-01-01 and a column of one value are no evidence of one person."""
    rows = [
        {
            "row": f"r{n}",
            "source": "crm",
            "user_id": f"u{n}",
            "name": BAD[n % len(BAD)],
            "born": "1900-01-01",
            "address": "x",
        }
        for n in range(400)
    ]
    workspace = opened(rows, joins=True)
    found = workspace.match()
    assert (found.joined, found.proposals) == (0, 0)


def test_identical_records_explode_into_no_pairs(opened: Opened) -> None:
    rows = [person(1) | {"row": f"r{n}", "email": f"z{n * 7919 % 99_991}@example.com"} for n in range(2_000)]
    found = opened(rows).match()
    assert found.compared < 1_000_000


def test_the_mapping_is_an_ordinary_one() -> None:
    assert "[traits]" in MAPPING
