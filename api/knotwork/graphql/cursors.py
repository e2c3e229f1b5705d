"""Cursors: the place to go on from, signed so that only our own come back."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass
from hashlib import sha256

from knotwork.graphql.errors import problem

SIGNATURE = 12  # bytes: a forger would need 2^95 tries, and could only page through what is shown anyway


@dataclass(frozen=True, slots=True)
class Cursors:
    """Makes and reads the cursors of one workspace; another's secret makes others."""

    secret: bytes

    def make(self, place: str) -> str:
        """The opaque cursor for ``place``."""
        body = place.encode()
        return urlsafe_b64encode(self._sign(body) + body).decode()

    def read(self, cursor: str) -> str:
        """The place behind a cursor of ours; any other is an error that says so."""
        try:
            raw = urlsafe_b64decode(cursor.encode("ascii"))
        except (Base64Error, ValueError) as error:
            raise _bad() from error
        signature, body = raw[:SIGNATURE], raw[SIGNATURE:]
        if not body or not hmac.compare_digest(signature, self._sign(body)):
            raise _bad()
        return body.decode()

    def number(self, cursor: str | None) -> int | None:
        """The number behind a cursor of ours, None for no cursor; one of another list is an error that says so."""
        numbers = self.numbers(cursor, 1)
        return numbers[0] if numbers else None

    def numbers(self, cursor: str | None, count: int, kind: str = "") -> tuple[int, ...]:
        """The ``count`` numbers behind a cursor of the list ``kind``; none for no cursor."""
        if cursor is None:
            return ()
        named, _, body = self.read(cursor).rpartition(" ")
        parts = body.split(",")
        if named != kind or len(parts) != count or not all(part.removeprefix("-").isdecimal() for part in parts):
            raise problem("BAD_CURSOR", "this cursor is of another list; start again without it")
        return tuple(map(int, parts))

    def _sign(self, body: bytes) -> bytes:
        return hmac.new(self.secret, b"cursor:" + body, sha256).digest()[:SIGNATURE]


def _bad() -> Exception:
    return problem("BAD_CURSOR", "this cursor is not one of this workspace's; start again without `after`")
