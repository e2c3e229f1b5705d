"""Webhooks against a real receiver, be it good, slow, failing, dying or lying; and a sender that is killed."""

from __future__ import annotations

import logging
import re
import socket
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from knotwork.cli.main import open_workspace as opener
from knotwork.cli.main import status
from knotwork.http.following import sending
from knotwork.service.webhooks.post import post
from knotwork.service.webhooks.service import WebhookService
from knotwork.workspace import Workspace, open_workspace
from knotwork_graph.errors import UsageError, WorkspaceBusyError
from knotwork_resolvers.feed.webhook import new_secret
from tests.integration.recovery.killing import ROOT, customers_of
from tests.integration.recovery.live_child import visit
from tests.integration.webhooks.conftest import SECRET
from tests.integration.webhooks.receiver import GOOD, Receiver

PAGE = (ROOT / "docs" / "webhooks.md").read_text(encoding="utf-8")


def documented() -> Any:
    """The function that the page gives to receivers."""
    found: dict[str, Any] = {}
    code = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert code is not None
    exec(code[1], found)  # noqa: S102 - our own page: what receivers copy must work
    return found["verified"]


class Clock:
    """A time that moves when it is told to."""

    def __init__(self) -> None:
        self.at = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.at


def timed(shop: Workspace, clock: Clock) -> WebhookService:
    """The webhooks of a workspace, under another clock, and always the longest wait."""
    service = shop.webhooks
    service._sender = replace(service._sender, now=clock, draw=lambda: 1.0)
    return service


def expected(shop: Workspace) -> list[str]:
    """The cursors of all changes, in their order."""
    return [one.cursor for one in shop.changes()]


def test_every_change_is_told_once_in_order_and_the_page_s_example_verifies_each_message(
    shop: Workspace, receiver: Receiver
) -> None:
    done = list(shop.webhooks.deliver())
    assert [(one.name, one.ended, one.well) for one in done] == [("crm", "nothing new", True)]
    assert done[0].messages == len(receiver.got) > 3
    assert [one["cursor"] for one in receiver.told] == expected(shop)
    assert all(documented()(SECRET, one.headers, one.body) for one in receiver.got)
    assert not documented()(SECRET, receiver.got[0].headers, receiver.got[0].body + b" ")
    assert not documented()(new_secret(), receiver.got[0].headers, receiver.got[0].body)
    assert next(iter(shop.webhooks.deliver())).messages == 0


def test_a_run_that_changed_nothing_leaves_no_webhook_behind(shop: Workspace, receiver: Receiver) -> None:
    assert shop.webhooks.list()[0].behind
    list(shop.webhooks.deliver())
    shop.resolve(full=True)
    assert not shop.webhooks.list()[0].behind
    assert receiver.got


def test_no_identifier_is_sent_unless_it_is_asked_for(shop: Workspace, receiver: Receiver, folder: Path) -> None:
    list(shop.webhooks.deliver())
    assert b"user_id" not in b"".join(one.body for one in receiver.got)
    assert all(one["identifier_count"] for one in receiver.told)
    text = (folder / "knotwork.toml").read_text(encoding="utf-8").replace("batch = 5", "identifiers = true")
    (folder / "knotwork.toml").write_text(text, encoding="utf-8")
    with open_workspace(folder) as other:
        other.webhooks.resume("crm", where="start", by="lan")
        receiver.got.clear()
        list(other.webhooks.deliver())
        assert rebuilt(receiver.told) == frozenset(customers_of(other).values())
        assert {row.kind for row in other.audit.rows()} >= {"policy", "export"}


def rebuilt(told: list[dict[str, Any]]) -> frozenset[frozenset[str]]:
    """Who is whose, from nothing but messages."""
    owner: dict[str, str] = {}
    for one in told:
        owner |= dict.fromkeys(one["identifiers"], "" if one["kind"] == "retired" else one["customer"])
    held: dict[str, set[str]] = {}
    for key, customer in owner.items():
        held.setdefault(customer, set()).add(key)
    return frozenset(frozenset(keys) for customer, keys in held.items() if customer)


def test_only_the_kinds_that_are_asked_for_are_sent(shop: Workspace, receiver: Receiver, folder: Path) -> None:
    text = (folder / "knotwork.toml").read_text(encoding="utf-8").replace("batch = 5", 'kinds = ["merged"]')
    (folder / "knotwork.toml").write_text(text, encoding="utf-8")
    with open_workspace(folder) as other:
        assert next(iter(other.webhooks.deliver())).well
        assert {one["kind"] for one in receiver.told} <= {"merged"}
        assert not other.webhooks.list()[0].behind


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        ((500, {}), "HTTP 500"),
        ((302, {"location": "http://127.0.0.1:1/"}), "a redirect, which is not followed"),
        (None, "no answer within 1 s"),
    ],
)
def test_a_failure_is_told_and_tried_again_later_and_later_with_the_same_message(
    shop: Workspace, receiver: Receiver, reply: Any, words: str
) -> None:
    clock = Clock()
    hooks = timed(shop, clock)
    receiver.reply = lambda _: reply
    assert hooks.step("crm") == "failed"
    assert hooks.step("crm") == "waits"
    listed = hooks.list()[0]
    assert words in listed.said
    assert (listed.state, listed.next_at) == ("failing", clock.at.replace() + timedelta(seconds=5))
    clock.at += timedelta(seconds=6)
    shop.collect([visit(100)])  # more to tell changes nothing of the message that is being sent
    assert hooks.step("crm") == "failed"
    assert hooks.list()[0].next_at == clock.at + timedelta(seconds=10)
    receiver.reply = lambda _: GOOD
    clock.at += timedelta(seconds=11)
    assert hooks.step("crm") == "sent"
    assert len({(one.id, one.body) for one in receiver.got}) == 1
    assert len(receiver.got) == 3
    assert (hooks.list()[0].state, hooks.list()[0].attempts) == ("well", 0)


@pytest.mark.parametrize(
    ("status", "asked", "seconds"),
    [
        (429, "120", 120),
        (503, "120", 120),
        (503, "1", 5),  # sooner than we would come anyway
        (503, "soon", 5),
        (500, "120", 5),  # a word of 429 and 503 alone
        (429, "99999999", 24 * 3600),
    ],
)
def test_a_receiver_that_asks_for_time_gets_it(
    shop: Workspace, receiver: Receiver, status: int, asked: str, seconds: int
) -> None:
    clock = Clock()
    hooks = timed(shop, clock)
    receiver.reply = lambda _: (status, {"retry-after": asked})
    assert hooks.step("crm") == "failed"
    assert hooks.list()[0].next_at == clock.at + timedelta(seconds=seconds)


def test_a_receiver_may_name_the_date_until_which_it_is_away(shop: Workspace, receiver: Receiver) -> None:
    clock = Clock()
    hooks = timed(shop, clock)
    until = (clock.at + timedelta(minutes=10)).replace(microsecond=0)
    receiver.reply = lambda _: (503, {"retry-after": format_datetime(until, usegmt=True)})
    assert hooks.step("crm") == "failed"
    next_at = hooks.list()[0].next_at
    assert next_at is not None
    assert abs(next_at - until) < timedelta(seconds=30)
    assert hooks.step("crm") == "waits"


def test_a_receiver_that_is_not_there_and_comes_back_misses_nothing(shop: Workspace, receiver: Receiver) -> None:
    clock = Clock()
    hooks = timed(shop, clock)
    there = hooks.hooks["crm"]
    hooks.hooks = {"crm": replace(there, url="http://127.0.0.1:1/in")}
    assert hooks.step("crm") == "failed"
    assert hooks.list()[0].said == "the connection was refused"
    hooks.hooks = {"crm": there}
    clock.at += timedelta(hours=1)
    list(hooks.deliver())
    assert [one["cursor"] for one in receiver.told] == expected(shop)


def test_after_days_of_failures_it_is_set_aside_until_it_is_resumed(shop: Workspace, receiver: Receiver) -> None:
    clock = Clock()
    hooks = timed(shop, clock)
    receiver.reply = lambda _: (503, {})
    said = []
    for _ in range(100):
        said.append(hooks.step("crm"))
        clock.at += timedelta(hours=1, seconds=1)
    assert said[-1] == "set aside"
    assert 70 < said.count("failed") < 80, "an attempt an hour for three days"
    assert "set aside since" in hooks.list()[0].state
    assert [one.remedy for one in shop.doctor() if "webhook crm is set aside" in one.what and not one.ok]
    receiver.reply = lambda _: GOOD
    assert hooks.step("crm") == "set aside"
    hooks.resume("crm", by="lan")
    list(hooks.deliver())
    assert [one["cursor"] for one in receiver.told] == expected(shop)


def test_a_receiver_that_is_gone_is_set_aside_at_once(shop: Workspace, receiver: Receiver) -> None:
    receiver.reply = lambda _: (410, {})
    assert shop.webhooks.step("crm") == "set aside"
    listed = shop.webhooks.list()[0]
    assert (listed.said, listed.state[:16]) == ("HTTP 410, it wants no more messages", "set aside since ")
    assert shop.webhooks.step("crm") == "set aside"
    assert len(receiver.got) == 1
    assert shop.webhooks.resume("crm", where="now", by="lan").behind is False


def test_a_cursor_of_another_feed_is_set_aside_and_says_what_to_do(shop: Workspace) -> None:
    hooks = shop.webhooks
    told = hooks._sender.told(hooks.hooks["crm"])
    hooks._sender.book.keep(replace(told, cursor="MS45OTkuMC4x"))
    assert hooks.step("crm") == "set aside"
    assert "from its start" in hooks.list()[0].said


@pytest.mark.parametrize("killed_at", [1, 3, 4])
def test_a_sender_that_is_killed_loses_nothing_and_repeats_only_what_it_was_sending(
    shop: Workspace, receiver: Receiver, folder: Path, killed_at: int
) -> None:
    command = [sys.executable, "-m", "tests.integration.webhooks.sending_child", str(folder)]
    receiver.reply = lambda before: None if before == killed_at else GOOD  # taken, and never said so
    with subprocess.Popen(command, cwd=ROOT) as process:
        receiver.await_count(killed_at + 1)
        process.kill()
    receiver.reply = lambda _: GOOD
    assert next(iter(shop.webhooks.deliver())).well
    ids = [one.id for one in receiver.got]
    assert [one for one in set(ids) if ids.count(one) > 1] == [ids[killed_at]]
    assert ids[killed_at] == ids[killed_at + 1]
    assert [one["cursor"] for one in receiver.told] == expected(shop)


def test_several_secrets_all_sign_so_that_a_receiver_can_change_over(
    shop: Workspace, receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "secret"
    path.write_text(SECRET, encoding="utf-8")
    monkeypatch.setenv("KNOTWORK_WEBHOOKS_CRM_SECRET_FILE", str(path))
    secret, where = shop.webhooks.rotate("crm", by="lan")
    assert (where, path.stat().st_mode & 0o777) == (path, 0o600)
    assert shop.webhooks.try_out("crm").taken
    test = receiver.got[-1]
    assert all(documented()(one, test.headers, test.body) for one in (secret, SECRET))
    shop.webhooks.rotate("crm", finish=True, by="lan")
    shop.webhooks.try_out("crm")
    last = receiver.got[-1]
    assert documented()(secret, last.headers, last.body)
    assert not documented()(SECRET, last.headers, last.body)
    assert shop.webhooks.list()[0].delivered == 0, "a test tells of nothing"


@pytest.mark.parametrize("text", ["", "hush", "whsec_", "whsec_c2hvcnQ="])
def test_without_a_good_secret_nothing_is_sent_and_no_message_repeats_it(
    shop: Workspace, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("KNOTWORK_WEBHOOKS_CRM_SECRET", text)
    with pytest.raises(UsageError) as said:
        shop.webhooks.step("crm")
    assert text == "whsec_" or not text or text not in str(said.value)
    assert receiver.got == []
    assert shop.webhooks.list()[0].state == "has no secret"


def test_two_senders_never_send_to_one_webhook_at_once(shop: Workspace, folder: Path) -> None:
    with (
        shop.webhooks._alone("crm"),
        open_workspace(folder) as other,
        pytest.raises(WorkspaceBusyError, match="webhook deliver"),
    ):
        other.webhooks.step("crm")


def test_beside_a_server_changes_are_sent_as_they_come_and_a_stopped_one_ends_cleanly(
    shop: Workspace, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    said: list[str] = []
    with caplog.at_level(logging.DEBUG), sending(shop.webhooks, said.append, look=0.02):
        receiver.await_count(3)
        before = len(expected(shop))
        shop.collect([visit(number) for number in range(60, 80)])
        assert len(expected(shop)) >= before
        while len(receiver.told) < len(expected(shop)):
            receiver.await_count(len(receiver.got) + 1)
    assert said == []
    assert [one["cursor"] for one in receiver.told] == expected(shop)
    assert "rosebud" not in caplog.text


def test_a_server_says_once_and_plainly_that_a_webhook_has_no_secret(
    shop: Workspace, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KNOTWORK_WEBHOOKS_CRM_SECRET")
    told = Event()
    said: list[str] = []

    def tell(words: str) -> None:
        said.append(words)
        told.set()

    with sending(shop.webhooks, tell, look=0.02):
        assert told.wait(30)
    assert [one.partition(":")[0] for one in said] == ["webhook crm has no secret"]
    assert receiver.got == []


def test_an_answer_that_drips_is_cut_off() -> None:
    stopped = Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            line, _ = listener.accept()
            with line:
                line.recv(10_000)
                for letter in "HTTP/1.1 200 " + "O" * 600:
                    try:
                        line.send(letter.encode())
                    except OSError:
                        return
                    stopped.wait(0.05)

        thread = Thread(target=drip, daemon=True)
        thread.start()
        found = post(f"http://127.0.0.1:{listener.getsockname()[1]}/", b"{}", {}, 0.5)
        stopped.set()
        thread.join(20)
    assert (found.taken, found.words) == (False, "no answer within 0.5 s")


def test_the_commands_say_what_happens_and_end_as_they_should(
    shop: Workspace, receiver: Receiver, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*words: str) -> int:
        return status(["--workspace", str(folder), "webhook", *words], opener)

    assert run("test", "crm") == 0
    assert "HTTP 204" in capsys.readouterr().out
    receiver.reply = lambda _: (500, {})
    assert run("test", "crm") == 1
    assert run("deliver") == 1
    assert "failed" in capsys.readouterr().out
    assert run("list") == 0
    listed = capsys.readouterr().out
    assert "failing" in listed
    assert "/in" not in listed, "what follows the host may be secret"
    receiver.reply = lambda _: GOOD
    assert run("resume", "crm") == 0
    assert run("deliver", "crm", "--format", "json") == 0
    assert '"nothing new"' in capsys.readouterr().out
    assert run("resume", "crn") == 2
    assert "crm" in capsys.readouterr().err
