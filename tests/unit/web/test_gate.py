from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from knotwork.access.keys import Keys, new_token
from knotwork.http.app import create_app
from knotwork.http.shield import HEADERS, MOST_BYTES

TOKEN = "a-token-for-tests-only"  # noqa: S105 - it opens nothing but a test
PAGES = ["/", "/customers", "/customers/cus_0000000011", "/nothing", "/docs", "/openapi.json"]


@pytest.mark.parametrize("path", PAGES)
def test_page_without_a_token_asks_for_it_and_shows_nothing(stranger: Any, path: str) -> None:
    answer = stranger.get(path)
    assert answer.status_code == 401
    assert "needs its token" in answer.text
    assert "Nguyễn" not in answer.text


def test_link_gives_a_strict_cookie_and_takes_the_token_out_of_the_address(stranger: Any) -> None:
    answer = stranger.get(f"/customers?after=cus_0000000011&token={TOKEN}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/customers?after=cus_0000000011")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert TOKEN not in cookie
    assert stranger.get("/customers").status_code == 200


def test_link_with_two_slashes_leads_to_no_other_host(stranger: Any) -> None:
    answer = stranger.get(f"//evil.example/?token={TOKEN}")
    assert not answer.headers.get("location", "/").startswith("//")


@pytest.mark.parametrize("token", ["", "x", TOKEN[:-1], TOKEN + "x", TOKEN.upper()])
def test_wrong_token_opens_nothing(stranger: Any, token: str) -> None:
    assert stranger.get("/", params={"token": token}).status_code == 401
    assert stranger.get("/", headers={"authorization": f"Bearer {token}"}).status_code == 401
    assert stranger.get("/").status_code == 401


def test_token_can_be_pasted(stranger: Any) -> None:
    assert stranger.post("/enter", data={"token": "wrong"}).status_code == 401
    assert stranger.post("/enter", data={"token": f" {TOKEN} "}).status_code == 303
    assert stranger.get("/").status_code == 200


def test_cookie_of_a_page_does_not_open_the_api(analyst: Any) -> None:
    answer = analyst.post("/graphql", json={"query": "{overview{customers}}"})
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8765", "169.254.1.1", ""]
)
def test_foreign_host_name_is_refused_even_with_the_token(api: Any, host: str) -> None:
    assert api.get("/", headers={"host": host}).status_code == 421


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:9", "LOCALHOST", "[::1]:8765"])
def test_loopback_names_are_answered(api: Any, host: str) -> None:
    assert api.get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {},
    ],
)
def test_form_of_another_site_is_refused(analyst: Any, headers: dict[str, str]) -> None:
    answer = analyst.post("/find", data={"q": "cus_0000000011"}, headers=headers)
    assert answer.status_code == 403


def test_form_of_our_own_is_taken_where_the_browser_sends_only_its_origin(analyst: Any) -> None:
    answer = analyst.post("/find", data={"q": "cus_0000000011"}, headers={"origin": "http://127.0.0.1:8765"})
    assert answer.status_code == 303


@pytest.mark.parametrize("path", ["/", "/graphql", "/healthz", "/static/explorer.css", "/nothing"])
def test_every_answer_has_the_safe_headers(api: Any, path: str) -> None:
    answer = api.get(path)
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert ("immutable" in answer.headers["cache-control"]) == path.startswith("/static")
    assert path.startswith("/static") or answer.headers["cache-control"] == "no-store"


def test_policy_allows_no_inline_script_and_no_other_origin() -> None:
    policy = HEADERS["content-security-policy"]
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "*" not in policy


def test_health_is_open_and_tells_nothing(stranger: Any, explorer: Any) -> None:
    assert stranger.get("/healthz").json() == {"status": "alive"}
    assert stranger.get("/readyz").json() == {"status": "ready"}
    explorer.published = False
    answer = stranger.get("/readyz")
    assert answer.status_code == 503
    assert "knotwork resolve" in answer.json()["reason"]


def test_too_large_a_body_is_refused(api: Any) -> None:
    answer = api.post(
        "/graphql", content=b'{"query": "' + b" " * MOST_BYTES + b'"}', headers={"content-type": "application/json"}
    )
    assert answer.status_code == 413


def test_failure_inside_shows_no_trace_and_logs_no_message(
    api: Any, explorer: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise RuntimeError("secret of lan@example.com")

    monkeypatch.setattr(explorer, "overview", fail)
    with caplog.at_level(logging.INFO, logger="knotwork"):
        answer = api.get("/")
        asked = api.graphql("{overview{customers}}")
    assert answer.status_code == 500
    assert asked["errors"][0]["extensions"] == {"code": "INTERNAL"}
    everything = answer.text + json.dumps(asked) + caplog.text
    assert "lan@example.com" not in everything
    assert "Traceback" not in everything
    assert "RuntimeError" in caplog.text


def test_log_line_has_the_template_and_neither_path_nor_token(analyst: Any, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="knotwork"):
        analyst.get(f"/customers/cus_0000000011?token={TOKEN}")
        analyst.get("/customers/cus_0000000011")
    lines = [json.loads(record.getMessage()) for record in caplog.records if record.name == "knotwork.http"]
    assert lines[-1]["route"] == "/customers/{customer}"
    assert TOKEN not in caplog.text
    assert "cus_0000000011" not in caplog.text


def test_tokens_are_long_and_never_the_same() -> None:
    made = {new_token() for _ in range(20)}
    assert len(made) == 20
    assert min(map(len, made)) >= 40


def test_short_token_and_unknown_role_are_refused(explorer: Any) -> None:
    with pytest.raises(ValueError, match="16 characters"):
        create_app(explorer, token=TOKEN[:5])
    with pytest.raises(ValueError, match="king"):
        create_app(explorer, token=TOKEN, role="king")


def test_two_servers_do_not_share_a_cookie_name() -> None:
    assert Keys("a" * 20).cookie_name != Keys("b" * 20).cookie_name
