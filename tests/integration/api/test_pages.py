"""The pages over a real workspace: what only its own profiles and runs can show."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

import knotwork
from knotwork.http.app import create_app
from tests.unit.web.conftest import TOKEN, Visitor

MAIL = "lan@example.com"


def event(number: int, identifiers: dict[str, str], **more: Any) -> dict[str, Any]:
    return {
        "source": "crm",
        "message_id": f"m-{number}",
        "timestamp": f"2026-03-{number:02}T09:00:00Z",
        "channel": "",
        "event": "",
        "identifiers": identifiers,
        **more,
    }


EVENTS = (
    event(1, {"email": MAIL}, traits={"name": "Lan", "shoe_size": "38"}, consent={"marketing": True, "post": False}),
    event(2, {"member_no": "M 1"}),
    event(3, {"cookie": "c-1"}),
)


@pytest.fixture(scope="module")
def ids(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, dict[str, str]]]:
    """The open workspace after a nightly job, and who holds what."""
    folder = tmp_path_factory.mktemp("pages")
    knotwork.init(folder / "ws")
    events = folder / "events.jsonl"
    events.write_text("\n".join(json.dumps(one) for one in EVENTS))
    with knotwork.open(folder / "ws") as kw:
        kw.load(events)
        kw.recompute()
        yield kw, {key: kw.customer(key).id for key in (f"email:{MAIL}", "member_no:M 1", "cookie:c-1")}


@pytest.fixture
def pages(ids: tuple[Any, dict[str, str]]) -> Any:
    def text(path: str, language: str = "en") -> str:
        visitor = Visitor(create_app(ids[0], token=TOKEN, role="steward", show_personal=True))
        visitor.get(f"/?token={TOKEN}")
        return visitor.get(path, headers={"accept-language": language}).text

    return text


def test_every_figure_of_a_run_has_words(pages: Any, ids: tuple[Any, dict[str, str]]) -> None:
    figures = [name for name in ids[0].overview().last_run.figures if not name.startswith("size_")]
    shown = re.findall(r"<dt>([^<]*)</dt><dd class=\"number\">", pages("/", "vi"))
    assert len(shown) == len(figures)
    assert not {name.replace("_", " ") for name in figures} & set(shown)


def test_golden_record_says_who_said_so_and_consent(pages: Any, ids: tuple[Any, dict[str, str]]) -> None:
    page = pages(f"/customers/{ids[1][f'email:{MAIL}']}")
    assert "<dt>Shoe size</dt><dd>38<small>crm, 1 Mar 2026</small></dd>" in page
    assert "marketing: yes, post: no" in page
    assert '<span class="badge plain">lost</span>' in page


def test_who_is_known_has_a_heading_and_who_is_not_is_anonymous(pages: Any, ids: tuple[Any, dict[str, str]]) -> None:
    assert "<h1>Member no M 1</h1>" in pages(f"/customers/{ids[1]['member_no:M 1']}")
    assert "<h1>Anonymous customer</h1>" in pages(f"/customers/{ids[1]['cookie:c-1']}")


def test_event_without_channel_and_name_is_told_in_words(pages: Any, ids: tuple[Any, dict[str, str]]) -> None:
    page = pages(f"/customers/{ids[1]['cookie:c-1']}")
    assert "no channel" in page
    assert "The only event" in page
