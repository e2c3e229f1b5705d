"""Tokens of an issuer, checked against keys that a real server publishes."""

from __future__ import annotations

import base64
import hmac
import json
import logging
import time
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from knotwork.access import issuer as module
from knotwork.access.issuer import Issuer, IssuerSettings, secure
from tests.unit.access.issuer_server import IssuerServer


@pytest.fixture
def server() -> Iterator[IssuerServer]:
    made = IssuerServer()
    yield made
    made.close()


@pytest.fixture
def issuer(server: IssuerServer) -> Issuer:
    return Issuer(IssuerSettings(server.url, "knotwork"))


def test_a_good_token_says_who_comes(server: IssuerServer, issuer: Issuer) -> None:
    caller = issuer.caller(server.token(preferred_username="mai", knotwork_role=["staff", "steward"]))
    assert caller is not None
    assert (caller.name, caller.role, caller.key, caller.clear) == ("mai", "steward", "subject s-1", False)


def test_keys_are_fetched_once(server: IssuerServer, issuer: Issuer) -> None:
    for _ in range(3):
        assert issuer.caller(server.token()) is not None
    assert server.asked == ["/.well-known/openid-configuration", "/keys"]


def test_a_new_key_is_found_but_not_asked_for_at_will(
    server: IssuerServer, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert issuer.caller(server.token()) is not None
    server.add("second", "ES256")
    for _ in range(5):
        assert issuer.caller(server.token("second")) is None
    assert len(server.asked) == 2
    monkeypatch.setattr(module, "AGAIN", 0.0)
    assert issuer.caller(server.token("second")) is not None


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another"},
        {"iss": "https://evil.example"},
        {"exp": int(time.time()) - 120},
        {"nbf": int(time.time()) + 3600},
        {"exp": None},
        {"sub": None},
        {"aud": None},
        {"knotwork_role": None},
        {"knotwork_role": "king"},
        {"knotwork_role": ["king", 5]},
        {"knotwork_role": {"admin": True}},
    ],
)
def test_what_is_not_meant_for_us_or_is_over_comes_not_in(
    server: IssuerServer, issuer: Issuer, claims: dict[str, object]
) -> None:
    assert issuer.caller(server.token(**claims)) is None


def part(values: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def test_forgeries_come_not_in(server: IssuerServer, issuer: Issuer) -> None:
    good = server.token()
    head, body, signature = good.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    grander = part(claims | {"knotwork_role": "admin"})
    named = f"{part({'alg': 'HS256', 'kid': 'first'})}.{grander}"
    public = server.keys["first"][1].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    keyed = base64.urlsafe_b64encode(hmac.digest(public, named.encode(), "sha256")).decode().rstrip("=")
    forged = [
        f"{head}.{grander}.{signature}",
        f"{part({'alg': 'none', 'kid': 'first'})}.{grander}.",
        f"{named}.{keyed}",
        f"{part({'alg': 'RS256'})}.{body}.{signature}",
        f"{part({'alg': 'RS256', 'kid': 7})}.{body}.{signature}",
        "a.b.c",
        "..",
        "x" * 20_000 + "..",
        "é.é.é",
    ]
    assert [issuer.caller(one) for one in forged] == [None] * len(forged)
    assert issuer.caller(good) is not None


def test_an_issuer_that_calls_itself_otherwise_or_is_away_lets_nobody_in(server: IssuerServer) -> None:
    token = server.token()
    server.about = server.about | {"issuer": "https://evil.example"}
    assert Issuer(IssuerSettings(server.url, "knotwork")).caller(token) is None
    server.about = {"issuer": server.url, "jwks_uri": f"{server.url}/elsewhere"}
    assert Issuer(IssuerSettings(server.url, "knotwork")).caller(token) is None
    server.about = {"issuer": server.url, "jwks_uri": "file:///etc/passwd"}
    assert Issuer(IssuerSettings(server.url, "knotwork")).caller(token) is None
    server.about = {"issuer": server.url}
    assert Issuer(IssuerSettings(server.url, "knotwork")).caller(token) is None
    server.close()
    assert Issuer(IssuerSettings(server.url, "knotwork")).caller(token) is None


def test_the_log_says_that_a_token_was_refused_and_nothing_of_it(
    server: IssuerServer, issuer: Issuer, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="knotwork"):
        issuer.caller(server.token(aud="lan@example.com", preferred_username="lan@example.com"))
    assert "refused" in caplog.text
    assert "lan@" not in caplog.text


@pytest.mark.parametrize(
    "address", ["http://login.example.com/keys", "ftp://x/keys", "//x", "http://127.0.0.1.evil.example"]
)
def test_only_secure_places_are_asked(address: str) -> None:
    with pytest.raises(ValueError, match="https alone"):
        secure(address)
