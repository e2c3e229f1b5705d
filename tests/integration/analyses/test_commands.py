"""Questions about everybody, typed and asked from Python, over a workspace with real runs."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree

import pytest

from knotwork.cli.main import status
from knotwork.workspace import Workspace, init, open_workspace
from knotwork_graph.errors import UsageError
from knotwork_resolvers.analyses import kinds

LINES = (
    ("m1", "2026-03-01T09:00:00Z", "web", "Looked", {"cookie": "a"}, {}),
    ("m2", "2026-03-01T09:10:00Z", "web", "Added", {"cookie": "a", "user_id": "lan"}, {}),
    ("m3", "2026-03-02T09:00:00Z", "shop", "Order Completed", {"user_id": "lan"}, {"revenue": 9, "currency": "USD"}),
    ("m4", "2026-03-01T09:00:00Z", "app", "Looked", {"user_id": "hung"}, {}),
    ("m5", "2026-03-01T10:00:00Z", "app", "Added", {"user_id": "hung"}, {}),
    ("m6", "2026-03-01T10:00:00Z", "<b>&", "Looked", {"user_id": "mai"}, {}),
)


def write(path: Path, lines=LINES) -> Path:
    names = ("message_id", "timestamp", "channel", "event", "identifiers", "properties")
    told = [dict(zip(names, line, strict=True)) | {"source": "web"} for line in lines]
    path.write_text("".join(f"{json.dumps(one)}\n" for one in told), encoding="utf-8")
    return path


def opened(folder: Path) -> Workspace:
    init(folder / "shop")
    made = open_workspace(folder / "shop")
    made.load(write(folder / "events.jsonl"))
    made.resolve()
    return made


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """One shop for all that only ask."""
    with opened(tmp_path_factory.mktemp("asked")) as made:
        yield made


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Workspace]:
    """A shop for a test that loads more."""
    with opened(tmp_path) as made:
        yield made


@pytest.fixture
def analyse(shop: Workspace, capfd: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def call(*arguments: str) -> tuple[int, str, str]:
        ended = status(["--workspace", str(shop.layout.folder), "analyse", *arguments], open_workspace)
        captured = capfd.readouterr()
        return ended, captured.out, captured.err

    return call


KINDS = (
    ("transitions",),
    ("paths", "--from", "Looked"),
    ("steps", "--steps", "3"),
    ("funnel", "Looked", "Added", "Order Completed"),
    ("retention", "--period", "day"),
    ("rfm",),
    ("lifecycle",),
    ("attribution",),
    ("sessions",),
    ("stitching",),
)


@pytest.mark.parametrize("typed", KINDS, ids=lambda typed: typed[0])
def test_every_kind_is_text_json_csv_and_a_picture(analyse, tmp_path, typed):
    picture = tmp_path / "it.svg"
    ended, out, _ = analyse(*typed, "--draw", str(picture))
    assert (ended, max(map(len, out.splitlines())) <= 80) == (0, True)
    assert ElementTree.parse(picture).getroot().tag.endswith("svg")  # noqa: S314 - our own file
    assert "<b>" not in picture.read_text(encoding="utf-8")
    said = json.loads(analyse(*typed, "--format", "json")[1])
    assert said["kind"] == typed[0]
    assert said["tables"][0]["rows"]
    assert len(list(csv.reader(StringIO(analyse(*typed, "--format", "csv")[1])))) == 1 + len(said["tables"][0]["rows"])


@pytest.mark.parametrize("typed", KINDS, ids=lambda typed: typed[0])
def test_every_kind_can_stand_side_by_side(analyse, shop, tmp_path, typed):
    first, second, picture = tmp_path / "first.txt", tmp_path / "second.csv", tmp_path / "it.svg"
    first.write_text("user_id:lan\n")
    second.write_text(f"customer_id,name\n{shop.customer('user_id:hung').id},Hung\n")
    sets = ["--customers", str(first), "--beside", str(second), "--draw", str(picture)]
    ended, out, _ = analyse(*typed, *sets, "--format", "csv")
    assert ended == 0
    assert "difference" in out.splitlines()[0]
    assert ElementTree.parse(picture).getroot().tag.endswith("svg")  # noqa: S314 - our own file


def test_who_is_behind_a_number_can_be_asked_about_next(analyse, shop, tmp_path):
    lost = tmp_path / "lost.txt"
    assert (
        analyse("funnel", "Looked", "Added", "Order Completed", "--who", "2", "--who", "lost", "--out", str(lost))[0]
        == 0
    )
    assert lost.read_text().split() == [shop.customer("user_id:hung").id]
    ended, out, _ = analyse("stitching", "--customers", str(lost), "--format", "csv")
    assert (ended, out.splitlines()[1]) == (0, "events,2,1.0")


def test_names_that_lead_to_nobody_are_counted_and_never_shown(analyse, tmp_path):
    keys = tmp_path / "keys.txt"
    keys.write_text("user_id:lan\nemail:secret@example.com\nnonsense\n")
    _, out, err = analyse("transitions", "--customers", str(keys))
    assert "2 names lead to no customer and are left out, the first in line 2" in out
    assert "secret" not in out + err


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (("funel", "Looked"), 'did you mean "funnel"'),
        (("funnel", "Loked"), 'did you mean "Looked"'),
        (("funnel", "Looked", "--window", "0d"), "longer than nothing"),
        (("funnel",), "EVENT"),
        (("attribution", "--touch", "chanel"), 'did you mean "channel"'),
        (("steps", "--format", "csv", "--table", "count"), 'did you mean "counts"'),
        (("steps", "--customers", "absent.txt"), "absent.txt"),
        (("steps", "--who", "Looked", "--who", "x"), "no whole number"),
        (("lifecycle", "--who", "loost"), 'did you mean "lost"'),
        (("rfm", "--window", "1d"), "--window"),
    ],
)
def test_wrong_usage_is_a_sentence_and_status_two(analyse, typed, words):
    ended, out, err = analyse(*typed)
    assert (ended, out) == (2, "")
    assert words in err
    assert "Traceback" not in err


def test_a_workspace_without_a_run_answers_with_a_word_why(tmp_path, capfd):
    init(tmp_path / "new")
    assert status(["--workspace", str(tmp_path / "new"), "analyse", "paths"], open_workspace) == 0
    assert "knotwork resolve" in capfd.readouterr().out


def test_what_was_loaded_and_resolved_since_counts(fresh, tmp_path):
    before = fresh.analyse("funnel", steps=["Looked", "Order Completed"]).converted
    more = (
        "m9",
        "2026-03-03T09:00:00Z",
        "shop",
        "Order Completed",
        {"user_id": "hung"},
        {"revenue": 5, "currency": "USD"},
    )
    fresh.load(write(tmp_path / "more.jsonl", (more,)))
    fresh.resolve()
    since = fresh.analyse("funnel", steps=["Looked", "Order Completed"])
    fresh.resolve(full=True)
    assert (before, since.converted) == (1, 2)
    assert fresh.analyse("funnel", steps=["Looked", "Order Completed"]) == since


NEEDED = {
    "funnel": {"steps": ["Looked", "Order Completed"]},
    "rfm": {"event": "Order Completed"},
    "attribution": {"conversion": "Order Completed"},
}
SINCE = (
    ("m10", "2026-02-01T09:00:00Z", "web", "Looked", {"cookie": "a"}, {}),
    ("m11", "2026-03-03T09:00:00Z", "app", "Added", {"cookie": "new"}, {}),
    ("m12", "2026-03-03T09:01:00Z", "app", "Looked", {"cookie": "new", "user_id": "tu"}, {}),
    ("m13", "2026-03-04T09:00:00Z", "shop", "Order Completed", {"user_id": "hung"}, {"revenue": 5, "currency": "USD"}),
    ("m14", "2026-03-04T09:05:00Z", "web", "Looked", {"email": "x@y.vn", "user_id": "mai"}, {}),
    ("m15", "2026-03-04T09:06:00Z", "web", "Looked", {"email": "x@y.vn", "phone": "+84912345678"}, {}),
)


@pytest.mark.parametrize("kind", list(kinds.KINDS))
def test_every_question_has_one_answer_just_collected_and_after_the_night(fresh, kind):
    """An event of old time, a new customer that is stitched, an order, and two identifiers that join one customer."""
    asked = NEEDED.get(kind, {})
    before = fresh.analyse(kind, **asked)
    names = ("message_id", "timestamp", "channel", "event", "identifiers", "properties")
    fresh.collect([dict(zip(names, line, strict=True)) | {"source": "web"} for line in SINCE])
    collected = fresh.analyse(kind, **asked)
    assert collected != before
    fresh.resolve(full=True)
    assert fresh.analyse(kind, **asked) == collected


def test_an_old_id_stands_for_its_heirs(fresh, tmp_path):
    old = fresh.customer("user_id:mai").id
    together = ("m9", "2026-03-03T09:00:00Z", "web", "Looked", {"email": "x@y.vn", "user_id": "mai"}, {})
    joined = ("m10", "2026-03-03T09:00:00Z", "web", "Looked", {"email": "x@y.vn", "user_id": "lan"}, {})
    fresh.load(write(tmp_path / "more.jsonl", (together, joined)))
    fresh.resolve()
    assert fresh.analyse("sessions", customers=[old]).customers == 1


def test_an_unknown_option_is_said(shop):
    with pytest.raises(UsageError, match='did you mean "window"'):
        shop.analyse("funnel", steps=["Looked"], windw="1d")
