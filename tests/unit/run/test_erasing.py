"""Erasing what an identifier's events said gives what never having seen them would have given (property 9)."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest

from knotwork_graph.errors import DiskFullError, UsageError
from knotwork_graph.ports import ERASED
from knotwork_graph.proposals import Findings, KeptModel, Matched, Proposal
from knotwork_resolvers.run import everything
from knotwork_resolvers.run.verify import differences
from tests.unit.identity.graphs import policy_of
from tests.unit.identity.worlds import CONFLICTS
from tests.unit.run.shop import Shop, Told, at
from tests.unit.run.test_any_order import events_of, policy_with

WHY = "asked for by post"


def told(shop: Shop) -> tuple[object, ...]:
    """Customers, cut edges and statuses, without what stands where something was erased."""
    statuses = {key: one for key, one in shop.statuses().items() if ERASED not in key}
    parts = {frozenset(key for key in part if ERASED not in key) for part in shop.parts()} - {frozenset()}
    return parts, shop.severed(), statuses


def sound(shop: Shop) -> bool:
    return not differences(shop.workspace.home, shop.workspace.settings.policy)


def one(number: int, *keys: str) -> Told:
    return Told(number, number, keys)


@pytest.mark.parametrize("conflict", CONFLICTS)
def test_it_is_as_if_they_had_never_been_seen(conflict):
    chance = Random(f"erasing {conflict}")  # noqa: S311 - no secret hangs on it
    policy, events = policy_with(chance, conflict), events_of(chance)
    keys = sorted({key for event in events for key in event.keys})
    erased = tuple(chance.sample(keys, len(keys) // 6))
    with TemporaryDirectory() as folder:
        shop, other = Shop(Path(folder) / "erased", policy), Shop(Path(folder) / "never", policy)
        cut = len(events) // 2
        shop.load(events[:cut])
        shop.resolve()
        shop.load(events[cut:])
        shop.resolve()
        done = shop.workspace.erase(*erased, reason=WHY, by="linh")
        rest = [event for event in events if not {*event.keys} & {*erased}]
        other.load(rest)
        other.resolve()
        assert done.events == len(events) - len(rest)
        assert told(shop) == told(other)
        assert sound(shop)
        later = [Told(10_000 + n, 60, event.keys[:2]) for n, event in enumerate(chance.sample(rest, 20))]
        for each in (shop, other):
            each.workspace.collect([json.loads(event.line()) for event in later])
        assert told(shop) == told(other)
        assert sound(shop)
        for each in (shop, other):
            each.close()


def test_nothing_of_it_is_left_in_any_file(open_shop):
    shop = open_shop(policy_of({"email": {"normaliser": "email"}, "phone": {"normaliser": "phone"}}))
    shop.load([one(1, "email:lan@example.com", "cookie:c"), one(2, "cookie:c"), one(3, "email:minh@example.com")])
    shop.resolve()
    shop.workspace.collect([json.loads(one(4, "email:lan@example.com", "phone:0912345678").line())])
    shop.workspace.decide("cannot-link", "email:lan@example.com", "email:minh@example.com", reason="lan@example.com")
    shop.workspace.load(_refused(shop))
    shop.resolve()
    shop.workspace.erase("email:Lan@Example.com", reason=WHY, by="linh")
    shop.workspace.close()
    kept = [path for path in (shop.folder / "data").rglob("*") if path.is_file()]
    assert [path.name for path in kept if b"lan@example.com" in path.read_bytes().lower()] == []
    assert [path.name for path in kept if b"912345678" in path.read_bytes()] == [], "nobody else bore that phone"
    assert shop.owners().keys() >= {"cookie:c", "email:minh@example.com"}


def _refused(shop: Shop) -> Path:
    path = shop.folder / "refused.jsonl"
    row = {"source": "web", "message_id": "m-9", "identifiers": {"email": "lan@example.com"}}
    path.write_text(json.dumps(row) + "\n", encoding="utf-8")
    return path


def test_the_same_messages_again_are_duplicates_and_bring_nothing_back(shop):
    events = [one(1, "email:a@x.vn", "cookie:c"), one(2, "cookie:c", "cookie:d")]
    shop.load(events)
    shop.resolve()
    shop.workspace.erase("email:a@x.vn", reason=WHY, by="linh")
    again = shop.load([*events, one(3, "cookie:e")])
    assert (again.accepted, again.duplicate, again.rejected) == (1, 2, 0)
    taken = shop.workspace.collect([json.loads(events[0].line())])
    assert (taken.load.accepted, taken.load.duplicate) == (0, 1)
    shop.resolve()
    assert "email:a@x.vn" not in shop.owners()


def test_a_customer_is_erased_and_what_others_share_stays(open_shop):
    shop = open_shop(policy_of({"phone": {"shared_above": {"user_id": 1}}}))
    shop.load([one(1, "user_id:1", "phone:p"), one(2, "user_id:2", "phone:p"), one(3, "user_id:1", "cookie:c")])
    shop.resolve()
    customer = shop.workspace.customer("user_id:1")
    planned = shop.workspace.erase(customer.id, reason=WHY, by="linh", dry_run=True)
    assert (planned.number, planned.identifiers, planned.events, planned.beside) == (
        0,
        {"cookie": 1, "user_id": 1},
        2,
        1,
    )
    shop.workspace.erase(customer.id, reason=WHY, by="linh")
    assert [key for key in sorted(shop.owners()) if ERASED not in key] == ["phone:p", "user_id:2"]
    causes = {row["cause"] for row in shop.workspace.home.store.change_rows().to_pylist() if row["run"] == 2}
    assert causes == {"erasure"}


def test_what_matching_said_of_it_goes_too(shop):
    shop.load([one(1, "email:lan@x.vn"), one(2, "email:minh@x.vn"), one(3, "email:tam@x.vn")])
    shop.resolve()
    book = shop.workspace.home.matches
    model = KeptModel("v1", at(0), 1, 3, "{}", "{}")
    pairs = [("email:lan@x.vn", "email:minh@x.vn"), ("email:minh@x.vn", "email:tam@x.vn")]
    proposals = [Proposal(a, b, 0.9, 5, "likely", "{}") for a, b in pairs]
    book.replace(model, Findings(proposals, [Matched(*pairs[0], 0.9, "v1")]))
    shop.resolve()
    shop.workspace.erase("email:lan@x.vn", reason=WHY, by="linh")
    assert book.named() == {"email:minh@x.vn", "email:tam@x.vn"}


def test_everything_may_go_and_numbers_go_on(shop):
    shop.load([one(1, "cookie:c")])
    shop.resolve()
    shop.workspace.erase("cookie:c", reason=WHY, by="linh")
    assert shop.workspace.facts.event_count() == 0
    shop.load([one(2, "cookie:d")])
    shop.resolve()
    assert {key for key in shop.owners() if ERASED not in key} == {"cookie:d"}
    assert sound(shop)


def test_what_a_full_disk_broke_off_is_ended_by_the_next_run(shop, monkeypatch):
    def fails(_home: object) -> None:
        raise DiskFullError("full")

    shop.load([one(1, "email:lan@example.com", "cookie:c"), one(2, "cookie:c")])
    shop.resolve()
    with monkeypatch.context() as patched:
        patched.setattr(everything, "forget_erased", fails)
        with pytest.raises(DiskFullError):
            shop.workspace.erase("email:lan@example.com", reason=WHY, by="linh")
    assert not shop.workspace.facts.erasures()[0].finished
    assert shop.resolve().because == "events were erased"
    assert shop.workspace.facts.erasures()[0].finished
    assert set(shop.owners()) >= {"cookie:c"}
    assert "email:lan@example.com" not in shop.owners()


def test_what_no_event_bears_is_told_and_no_erasure_is_made(shop):
    shop.load([one(1, "cookie:c")])
    shop.resolve()
    done = shop.workspace.erase("cookie:never", reason=WHY, by="linh")
    assert (done.number, done.events, shop.workspace.facts.erasures()) == (0, 0, ())


def test_it_needs_a_reason_and_keeps_who_and_when(shop):
    shop.load([one(1, "cookie:c"), one(2, "cookie:d")])
    shop.resolve()
    with pytest.raises(UsageError, match="--reason"):
        shop.workspace.erase("cookie:c", reason=" ", by="linh")
    shop.workspace.erase("cookie:c", reason=WHY, by="linh")
    (kept,) = shop.workspace.facts.erasures()
    assert (kept.by, kept.reason, kept.identifiers, kept.events, kept.finished) == ("linh", WHY, {"cookie": 1}, 1, True)
    assert [row.kind for row in shop.workspace.audit.rows(kind="erasure")] == ["erasure"]
