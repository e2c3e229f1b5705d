"""What is sent to followers of the change feed, its signature, and how long to wait after a failure.

The form is that of Standard Webhooks (https://www.standardwebhooks.com): three headers, and an HMAC-SHA256 over
``id.timestamp.body``, once with each secret, so that secrets can be changed without a gap.
"""

from __future__ import annotations

import hmac
import json
from base64 import b64decode, b64encode
from binascii import Error as NotBase64Error
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from secrets import token_bytes
from typing import Any

from knotwork_graph.errors import UsageError
from knotwork_resolvers.feed.entry import FeedEntry

PREFIX = "whsec_"
FEWEST_BYTES = 24
FIRST_WAIT, LONGEST_WAIT = 5.0, 3600.0
CHANGED, TRIED = "customers.changed", "webhook.test"


@dataclass(frozen=True, slots=True)
class Message:
    """One message: ``id`` stays the same however often it is sent; ``body`` is JSON in UTF-8."""

    id: str
    body: bytes

    def headers(self, secrets: Sequence[bytes], at: datetime) -> dict[str, str]:
        """The headers of one attempt; ``secrets`` the newest first, at least one."""
        seconds = str(int(at.timestamp()))
        return {
            "content-type": "application/json",
            "webhook-id": self.id,
            "webhook-timestamp": seconds,
            "webhook-signature": signatures(secrets, self.id, seconds, self.body),
        }


def signatures(secrets: Sequence[bytes], message: str, seconds: str, body: bytes) -> str:
    """A signature for each secret, with the version first and a blank between them."""
    signed = f"{message}.{seconds}.".encode() + body
    return " ".join(f"v1,{b64encode(hmac.new(one, signed, sha256).digest()).decode()}" for one in secrets)


def new_secret() -> str:
    """A secret that nobody can guess, as text."""
    return PREFIX + b64encode(token_bytes(32)).decode()


def secret_of(text: str) -> bytes:
    """The bytes of a secret. Raises ``UsageError``, which does not repeat it, for a text that is none."""
    try:
        found = b64decode(text.removeprefix(PREFIX), validate=True)
    except (NotBase64Error, ValueError):
        found = b""
    if not text.startswith(PREFIX) or len(found) < FEWEST_BYTES:
        raise UsageError(
            f"a webhook's secret is {PREFIX} and {FEWEST_BYTES} bytes or more in base 64. "
            "`knotwork webhook rotate NAME` makes one."
        )
    return found


def message_of(
    receiver: str, since: str | None, cursor: str, told: Sequence[FeedEntry], *, identifiers: bool
) -> Message:
    """The message that tells ``receiver`` of some changes, those from ``since`` until ``cursor``.

    The same changes give the same message, whenever they are sent. ``identifiers``: whether it names them.
    """
    changes = [_change(one, identifiers=identifiers) for one in told]
    newest = max(one.at for one in told)
    name = sha256(f"{receiver}\n{since}\n{cursor}".encode()).hexdigest()[:32]
    return _message(f"msg_{name}", CHANGED, newest, {"cursor": cursor, "changes": changes})


def trial(now: datetime) -> Message:
    """A message that tells of nothing, to try a webhook with."""
    return _message(f"msg_test_{token_bytes(8).hex()}", TRIED, now, {})


def _message(name: str, kind: str, at: datetime, data: dict[str, Any]) -> Message:
    document = {"type": kind, "timestamp": _moment(at), "data": data}
    return Message(name, json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode())


def _change(one: FeedEntry, *, identifiers: bool) -> dict[str, Any]:
    told: dict[str, Any] = {
        "cursor": one.cursor,
        "kind": one.kind,
        "customer": one.customer,
        "other": one.other,
        "run": one.run,
        "at": _moment(one.at),
        "cause": one.cause,
        "identifier_count": len(one.identifiers),
    }
    return told | ({"identifiers": list(one.identifiers)} if identifiers else {})


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def wait_after(attempts: int, draw: float, asked: float | None = None) -> float:
    """How many seconds to wait after so many failed attempts; ``draw`` from 0 to 1 keeps many from coming at once.

    Twice as long each time, of which at least half is waited; never less than the receiver ``asked`` for, and at most
    an hour, or a day where it asked for that.

    >>> wait_after(1, 0.0), wait_after(3, 1.0), wait_after(40, 1.0), wait_after(1, 0.5, 120)
    (2.5, 20.0, 3600.0, 120.0)
    """
    longest: float = min(FIRST_WAIT * 2.0 ** min(attempts - 1, 20), LONGEST_WAIT)
    return float(max(longest * (0.5 + draw / 2), min(asked or 0.0, 24 * 3600)))
