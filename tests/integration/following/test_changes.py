"""The change feed of a real workspace: in Python, on the command line and over GraphQL."""

from __future__ import annotations

import json

import pytest

import knotwork
from knotwork.cli.main import open_workspace, status
from knotwork.http.app import create_app
from knotwork_graph.errors import UsageError
from tests.unit.web.conftest import TOKEN, Visitor

ONE, TWO = "cus_0000000001", "cus_0000000002"
LAN, COOKIE = "email:lan.nguyen@example.com", "cookie:c"
EVENTS = ({"email": "lan.nguyen@example.com", "cookie": "c"}, {"user_id": "2", "device": "d"})


def made(folder, events=EVENTS):
    knotwork.init(folder)
    (folder / "knotwork.toml").write_text('[identifiers.email]\nnormaliser = "email"\n')
    lines = [
        {"source": "web", "message_id": str(place), "timestamp": "2026-03-01T09:00:00Z", "identifiers": one}
        for place, one in enumerate(events)
    ]
    (folder / "events.jsonl").write_text("\n".join(map(json.dumps, lines)))
    opened = knotwork.open(folder)
    opened.load(folder / "events.jsonl")
    opened.resolve()
    return opened


@pytest.fixture
def kw(tmp_path):
    """Two customers (run 1), joined by a steward (run 2), sent back (run 1)."""
    with made(tmp_path / "ws") as opened:
        opened.decide("must-link", LAN, "user_id:2", reason="one person", by="mai")
        opened.resolve()
        opened.runs.rollback(1)
        yield opened


def told(page):
    return [(one.run, one.kind, one.customer, one.other, len(one.identifiers), one.cause) for one in page]


EVERYTHING = [
    (1, "created", ONE, "", 2, "event"),
    (1, "created", TWO, "", 2, "event"),
    (2, "merged", ONE, TWO, 2, "decision"),
    (1, "split", TWO, ONE, 2, "sent back"),
]


def test_everything_is_told_in_order_rollbacks_too(kw):
    page = kw.changes()
    assert told(page) == EVERYTHING
    assert page.entries[0].identifiers == (COOKIE, LAN)
    assert page.entries[3].identifiers == ("device:d", "user_id:2")
    assert not page.more
    assert not kw.changes(page.cursor).entries


def test_a_cursor_outlives_the_open_workspace_and_later_runs(kw, tmp_path):
    early = kw.changes(first=3)
    kw.runs.publish(2)
    with knotwork.open(tmp_path / "ws") as again:
        late = again.changes(early.cursor)
    assert told(late) == [EVERYTHING[3], (2, "merged", ONE, TWO, 2, "sent on")]


def test_a_cursor_of_another_workspace_is_refused(kw, tmp_path):
    with made(tmp_path / "other") as other, pytest.raises(UsageError, match="another workspace"):
        other.changes(kw.changes(first=1).cursor)
    with pytest.raises(UsageError, match="1 or more"):
        kw.changes(first=0)


@pytest.fixture
def typed(kw, tmp_path, capsys):
    """Types a command about the workspace: its exit status and what it printed."""
    kw.close()

    def typed(*arguments):
        code = status(["--workspace", str(tmp_path / "ws"), *arguments], open_workspace)
        return code, capsys.readouterr()

    return typed


def test_as_text_with_where_to_go_on(typed):
    code, printed = typed("changes", "--first", "3")
    lines = printed.out.splitlines()
    assert code == 0
    assert len(lines) == 4
    assert lines[3].split("\t")[1:] == ["2", "merged", ONE, TWO, "device:d, user_id:2", "decision"]
    cursor = printed.err.split("There are more: --since ")[1].strip()
    code, printed = typed("changes", "--since", cursor)
    assert printed.out.splitlines()[1].endswith("sent back")
    assert "Go on later: --since" in printed.err


def test_as_one_document_and_as_lines(typed):
    code, printed = typed("changes", "--format", "json", "--first", "1")
    page = json.loads(printed.out)
    assert code == 0
    assert page["more"]
    assert page["changes"][0]["identifiers"] == [COOKIE, LAN]
    assert page["changes"][0]["cursor"] == page["cursor"]
    code, printed = typed("changes", "--format", "jsonl", "--since", page["cursor"])
    lines = [json.loads(line) for line in printed.out.splitlines()]
    assert [(one["run"], one["kind"]) for one in lines] == [(1, "created"), (2, "merged"), (1, "split")]
    code, printed = typed("changes", "--format", "jsonl", "--since", lines[-1]["cursor"])
    assert (code, printed.out) == (0, "")
    assert len(typed("changes", "--format", "jsonl", "--first", "2")[1].out.splitlines()) == 2


def test_a_strange_cursor_is_wrong_usage(typed):
    code, printed = typed("changes", "--since", "nonsense")
    assert code == 2
    assert "no cursor of the change feed" in printed.err


QUERY = """query($since: String, $first: Int! = 50) { changes(since: $since, first: $first) {
    entries { cursor kind customer other identifiers run at cause } cursor more } }"""


@pytest.fixture
def ask(kw):
    """Asks as somebody with a role."""

    def asked(role, query=QUERY, **variables):
        app = create_app(kw, token=TOKEN, role=role, show_personal=role == "steward")
        return Visitor(app, headers={"authorization": f"Bearer {TOKEN}"}).graphql(query, **variables)

    return asked


def test_over_graphql_page_by_page(ask):
    whole = ask("steward")["data"]["changes"]
    assert [(one["run"], one["kind"], one["cause"]) for one in whole["entries"]][2:] == [
        (2, "merged", "decision"),
        (1, "split", "sent back"),
    ]
    found, cursor, more = [], None, True
    while more:
        page = ask("steward", since=cursor, first=1)["data"]["changes"]
        found, cursor, more = found + page["entries"], page["cursor"], page["more"]
    assert found == whole["entries"]
    assert cursor == whole["cursor"]


def test_identifiers_are_masked_by_role(ask):
    clear, masked = json.dumps(ask("steward")), json.dumps(ask("analyst"))
    assert LAN in clear
    assert "lan.nguyen" not in masked
    assert COOKIE in masked
    assert ask("viewer")["errors"][0]["extensions"]["code"] == "FORBIDDEN"


@pytest.mark.parametrize("asked", [{"first": 101}, {"first": 0}, {"since": "nonsense"}])
def test_what_cannot_be_meant_is_told_so(ask, asked):
    assert ask("steward", **asked)["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
