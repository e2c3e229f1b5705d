"""Who we believed a customer was then, on a real workspace that was resolved, decided on and sent back."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

import knotwork
from knotwork.cli.main import open_workspace, status
from knotwork_graph.errors import UnknownCustomerError, UnknownRunError, UsageError
from knotwork_graph.model import Heirs
from knotwork_resolvers.past import IdentifierHistory

EVENTS = (
    {"user_id": "1", "cookie": "c"},
    {"user_id": "2", "device": "d"},
)


@pytest.fixture
def kw(tmp_path):
    """Two customers (run 1), joined by a steward (run 2), parted again (run 3)."""
    knotwork.init(tmp_path / "ws")
    (tmp_path / "ws" / "knotwork.toml").write_text("[identifiers.user_id]\npriority = 1\n")
    lines = [
        {"source": "web", "message_id": str(place), "timestamp": "2026-03-01T09:00:00Z", "identifiers": one}
        for place, one in enumerate(EVENTS)
    ]
    (tmp_path / "events.jsonl").write_text("\n".join(map(json.dumps, lines)))
    with knotwork.open(tmp_path / "ws") as opened:
        opened.load(tmp_path / "events.jsonl")
        opened.resolve()
        opened.decide("must-link", "user_id:1", "user_id:2", reason="one person", by="mai")
        opened.resolve()
        opened.undo(1)
        opened.resolve()
        yield opened


def times(kw):
    """When each run was published."""
    from knotwork_graph.model import from_micros

    return [from_micros(at) for at in kw.home.store.publications().at.tolist()]


def keys(customer):
    return [one.key for one in customer.identifiers]


ONE, TWO = "cus_0000000001", "cus_0000000002"
BOTH = ["user_id:1", "user_id:2", "cookie:c", "device:d"]


def test_a_customer_as_known_at_each_moment(kw):
    first, second, third = times(kw)
    just = timedelta(microseconds=1)
    for moment, id_, held in (
        (first, TWO, ["user_id:2", "device:d"]),
        (second - just, TWO, ["user_id:2", "device:d"]),
        (second, ONE, BOTH),
        (third - just, ONE, BOTH),
        (third, TWO, ["user_id:2", "device:d"]),
    ):
        then = kw.customer("device:d", known_at=moment)
        assert (then.id, keys(then), then.known_at) == (id_, held, moment)
    then = kw.customer("user_id:2", known_at=second)
    assert (then.run, then.events, then.profile, then.redirected_from) == (2, 0, {}, "")
    assert kw.customer(TWO, known_at=second).redirected_from == TWO
    assert kw.customer(TWO, known_at=second).id == ONE
    assert kw.customer(TWO).id == TWO


def test_before_the_first_run_there_is_one_clear_answer(kw):
    first, *_ = times(kw)
    for asked in ("device:d", ONE):
        with pytest.raises(
            UnknownRunError, match=f"nothing was known: the first run was published at {first:%Y-%m-%d}"
        ):
            kw.customer(asked, known_at=first - timedelta(days=1))


def test_what_came_later_was_not_there_then(kw, tmp_path):
    first, second, _ = times(kw)
    (tmp_path / "more.jsonl").write_text(
        '{"source": "web", "message_id": "9", "timestamp": "2026-03-02T09:00:00Z", "identifiers": {"email": "a@x.vn"}}'
    )
    kw.load(tmp_path / "more.jsonl")
    kw.resolve()
    late = kw.customer("email:a@x.vn").id
    with pytest.raises(UnknownCustomerError, match="belonged to no customer at"):
        kw.customer("email:a@x.vn", known_at=second)
    with pytest.raises(UnknownCustomerError, match="was not there yet at"):
        kw.customer(late, known_at=first)
    assert kw.customer(late, known_at=datetime.now(UTC)).id == late


@pytest.mark.parametrize("asked", ["cookie:never", "no_such_type:x", "cus_0000000099"])
def test_what_was_never_there(kw, asked):
    for question in (kw.history, lambda one: kw.customer(one, known_at=datetime.now(UTC))):
        with pytest.raises(UnknownCustomerError):
            question(asked)
    with pytest.raises(ValueError, match="no identifier"):
        kw.history("nonsense")


def test_a_customer_as_known_then_has_no_journey(kw):
    with pytest.raises(UsageError, match="as of a time"):
        kw.customer("device:d", known_at=times(kw)[1]).journey()


def test_the_history_of_an_identifier(kw):
    first, second, third = times(kw)
    found = kw.history("device:d")
    assert isinstance(found, IdentifierHistory)
    told = [(one.since, one.until, one.customer, one.run, one.change, one.cause) for one in found.periods]
    assert told == [
        (first, second, TWO, 1, "created", "event"),
        (second, third, ONE, 2, "merged", "decision"),
        (third, None, TWO, 3, "split", "decision"),
    ]


def test_the_history_of_customers(kw):
    first, second, third = times(kw)
    one, two = kw.history(ONE), kw.history(TWO)
    mine, theirs = ("user_id:1", "cookie:c"), ("user_id:2", "device:d")
    assert [(turn.at, turn.held) for turn in one.turns] == [(first, 2), (second, 4), (third, 2)]
    told = [
        [(side, hand.customer, set(hand.keys)) for side in ("gained", "lost") for hand in getattr(turn, side)]
        for turn in one.turns
    ]
    assert told == [[("gained", "", set(mine))], [("gained", TWO, set(theirs))], [("lost", TWO, set(theirs))]]
    assert [(turn.changes, turn.causes) for turn in one.turns] == [
        (("created",), ("event",)),
        (("merged",), ("decision",)),
        (("split",), ("decision",)),
    ]
    assert [(led.since, led.until, led.heirs) for led in two.led] == [(second, third, (ONE,))]
    assert one.led == ()


def test_readers_who_were_sent_back_are_told_so(kw):
    kw.home.store.publish(2)
    fourth = times(kw)[3]
    last = kw.history("device:d").periods[-1]
    assert (last.since, last.customer, last.change, last.run) == (fourth, ONE, "sent back", 2)
    assert kw.history(ONE).turns[-1].changes == ("sent back",)
    assert kw.customer("device:d", known_at=fourth).id == ONE


def test_an_id_that_was_split_then_names_its_heirs_of_then(kw):
    _, second, _ = times(kw)
    kw.decide("must-link", "user_id:1", "user_id:2", reason="again", by="mai")
    kw.decide("cannot-link", "user_id:2", "device:d", reason="no", by="mai")
    kw.resolve()
    found = kw.customer(TWO)
    then = kw.customer(TWO, known_at=datetime.now(UTC))
    assert isinstance(found, Heirs) == isinstance(then, Heirs)
    assert kw.customer(TWO, known_at=second).id == ONE


def test_as_commands(kw, capsys):
    _, second, _ = times(kw)
    folder = str(kw.layout.folder)

    def run(*words):
        capsys.readouterr()
        ended = status(["--workspace", folder, *words], open_workspace)
        return ended, *capsys.readouterr()

    lines = run("history", "device:d")[1].splitlines()
    assert lines[1].split("\t") == ["from", "until", "customer", "status", "run", "change", "cause"]
    assert lines[2].split("\t")[2:] == [TWO, "linking", "1", "created", "event"]
    assert lines[4].split("\t")[1] == "now"
    assert "2 from cus_0000000002" in run("history", ONE)[1]
    assert "Where the id led" in run("history", TWO)[1]
    assert json.loads(run("history", "device:d", "--format", "json")[1])["periods"][1]["cause"] == "decision"
    said = run("customer", "device:d", "--known-at", second.isoformat())[1]
    assert said.startswith(f"{ONE}  as known at ")
    assert "cookie:c\tlinking" in said
    document = json.loads(run("customer", TWO, "--known-at", second.isoformat(), "--format", "json")[1])
    assert document["customer"]["redirected_from"] == TWO
    ended, said, remark = run("customer", "device:d", "--known-at", "2020-01-01")
    assert (ended, said) == (1, "")
    assert "nothing was known" in remark
    assert run("history", "nonsense")[0] == 2
    assert "as old as that" in run("journey", "device:d", "--as-of", "2020-01-01")[2]


def test_what_came_later_is_not_there_as_of_a_moment_that_has_passed(kw, tmp_path, capsys):
    later = {"source": "web", "message_id": "9", "timestamp": "2026-04-01T09:00:00Z", "identifiers": {"card": "9"}}
    (tmp_path / "later.jsonl").write_text(json.dumps(later))
    kw.load(tmp_path / "later.jsonl")
    report = kw.resolve(datetime(2026, 3, 15, tzinfo=UTC))
    assert "until_moment" not in report.counts
    kw.export("members", "jsonl", tmp_path / "members.jsonl")
    shown = [json.loads(line)["type"] for line in (tmp_path / "members.jsonl").read_text().splitlines()]
    assert sorted(shown) == ["cookie", "device", "user_id", "user_id"]
    with pytest.raises(UnknownCustomerError, match="not seen yet as of 2026-03-15 00:00 UTC"):
        kw.why("card:9", "cookie:c")
    with pytest.raises(UnknownCustomerError, match="this card was not seen yet as of 2026-03-15 00:00 UTC"):
        kw.customer("card:9")
    assert kw.history("card:9").periods == ()
