"""Tokens of a workspace: shown once, kept as hashes, good until they end or are revoked."""

from __future__ import annotations

import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from knotwork.access.roles import Role
from knotwork.access.tokens import NOTED, SHAPE, TokenBook
from knotwork.service.tokens import role_of
from knotwork_graph.errors import UsageError

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Clock:
    """A clock that tests turn."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def book(tmp_path: Path, clock: Clock) -> TokenBook:
    return TokenBook(tmp_path / "tokens.db", clock)


def test_a_token_opens_and_says_who_comes(book: TokenBook) -> None:
    made, text = book.create(" Mai ", Role.ANALYST)
    caller = book.caller(text)
    assert caller is not None
    assert (caller.name, caller.role, caller.clear) == ("Mai", "analyst", False)
    assert SHAPE.fullmatch(text)
    assert made.id in caller.key


def test_the_secret_is_nowhere_in_the_file(book: TokenBook, tmp_path: Path) -> None:
    _, text = book.create("Mai", Role.ANALYST)
    book.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert text.rpartition("_")[2].encode() not in kept
    assert stat.S_IMODE((tmp_path / "tokens.db").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "change", [lambda t: t[:-1], lambda t: t + "x", lambda t: t[:-1] + "~", str.upper, lambda _: ""]
)
def test_what_is_not_quite_the_token_opens_nothing(book: TokenBook, change) -> None:
    _, text = book.create("Mai", Role.ADMIN)
    assert book.caller(change(text)) is None


def test_the_secret_of_one_token_does_not_open_another(book: TokenBook) -> None:
    first, one = book.create("Mai", Role.VIEWER)
    second, _ = book.create("Linh", Role.ADMIN)
    assert book.caller(one.replace(first.id, second.id)) is None


def test_an_end_is_an_end(book: TokenBook, clock: Clock) -> None:
    _, text = book.create("Mai", Role.ANALYST, timedelta(hours=1))
    clock.now += timedelta(minutes=59)
    assert book.caller(text) is not None
    clock.now += timedelta(minutes=1)
    assert book.caller(text) is None


def test_revoking_holds_in_other_processes_at_once(book: TokenBook, tmp_path: Path) -> None:
    made, text = book.create("Mai", Role.ANALYST)
    assert book.caller(text) is not None
    TokenBook(tmp_path / "tokens.db").revoke(made.id)
    assert book.caller(text) is None
    assert book.caller_by_id(made.id) is None
    assert book.every()[0].revoked is not None


def test_the_last_use_is_noted_once_a_minute(book: TokenBook, clock: Clock) -> None:
    _, text = book.create("Mai", Role.ANALYST)
    assert book.every()[0].last_used is None
    for seconds, expected in ((0, START), (59, START), (61, START + timedelta(seconds=61))):
        clock.now = START + timedelta(seconds=seconds)
        book.caller(text)
        assert book.every()[0].last_used == expected
    assert timedelta(minutes=1) == NOTED


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\nb"])
def test_a_name_that_is_none(book: TokenBook, name: str) -> None:
    with pytest.raises(UsageError, match="needs a name"):
        book.create(name, Role.ANALYST)


def test_what_is_not_there_cannot_be_revoked(book: TokenBook) -> None:
    with pytest.raises(UsageError, match="there is no token 12345678"):
        book.revoke("12345678")
    with pytest.raises(UsageError, match="there is no role king"):
        role_of("king")


def test_many_threads_at_once(book: TokenBook) -> None:
    texts = [book.create(f"n{place}", Role.ANALYST)[1] for place in range(4)]
    seen: list[bool] = []
    threads = [
        threading.Thread(target=lambda text=text: seen.extend(book.caller(text) is not None for _ in range(25)))
        for text in texts
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [True] * 100
