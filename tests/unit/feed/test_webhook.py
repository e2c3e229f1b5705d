"""Messages of webhooks: signed as Standard Webhooks has it, the same whenever they are made, and later each time."""

from __future__ import annotations

from base64 import b64decode
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knotwork_graph.errors import UsageError
from knotwork_resolvers.feed import FeedEntry
from knotwork_resolvers.feed.webhook import message_of, new_secret, secret_of, signatures, wait_after

ENTRY = FeedEntry(
    "c2", "merged", "cus_1", "cus_2", ("email:lan@example.com",), 3, datetime(2026, 3, 1, tzinfo=UTC), "event"
)


def test_a_signature_is_that_of_the_published_example() -> None:
    secret = secret_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signed = signatures([secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_each_secret_signs_the_newest_first() -> None:
    secrets = [secret_of(new_secret()), secret_of(new_secret())]
    both = signatures(secrets, "m", "1", b"x").split()
    assert both == [signatures([one], "m", "1", b"x") for one in secrets]


def test_a_new_secret_is_long_and_never_twice_the_same() -> None:
    made = {new_secret() for _ in range(50)}
    assert len(made) == 50
    assert all(len(b64decode(one.removeprefix("whsec_"))) == 32 for one in made)


@pytest.mark.parametrize("text", ["", "whsec_", "plain words", "whsec_c2hvcnQ=", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])
def test_what_is_no_secret_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        secret_of(text)


def test_a_message_is_the_same_whenever_it_is_made_and_names_no_identifier_unasked() -> None:
    one, again = (message_of("crm", "c1", "c2", [ENTRY], identifiers=False) for _ in range(2))
    assert one == again
    assert b"lan@example.com" not in one.body
    assert b"lan@example.com" in message_of("crm", "c1", "c2", [ENTRY], identifiers=True).body


@pytest.mark.parametrize(
    ("receiver", "since", "cursor"), [("erp", "c1", "c2"), ("crm", None, "c2"), ("crm", "c1", "c3")]
)
def test_another_message_has_another_id(receiver: str, since: str | None, cursor: str) -> None:
    first = message_of("crm", "c1", "c2", [ENTRY], identifiers=False)
    assert message_of(receiver, since, cursor, [ENTRY], identifiers=False).id != first.id


@given(st.integers(1, 10_000), st.floats(0, 1), st.none() | st.floats(0, 1e12))
def test_a_wait_grows_to_an_hour_and_is_as_long_as_the_receiver_asks_for(
    attempts: int, draw: float, asked: float | None
) -> None:
    wait = wait_after(attempts, draw, asked)
    assert 2.5 <= wait <= max(3600, min(asked or 0, 86_400))
    assert wait >= min(asked or 0, 86_400)
    assert wait_after(attempts + 1, draw, asked) >= wait
