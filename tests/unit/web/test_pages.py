from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import knotwork.web
from knotwork.access.roles import Role
from knotwork.http.app import create_app
from knotwork.service.views import Overview
from knotwork.web.catalogue import LANGUAGES, catalogue
from knotwork.web.finding import find
from knotwork.web.reasons import KEYS
from knotwork.web.site import PROBLEMS
from knotwork.web.static_files import shelf
from knotwork_graph.model import RunState, Status
from tests.unit.web.conftest import TOKEN, Visitor

WEB = Path(knotwork.web.__file__).parent
TEMPLATES = sorted((WEB / "templates").glob("*.j2"))
ADDRESSES = ["/", "/customers", "/customers/cus_0000000011", "/customers/cus_0000000014", "/nothing"]


def keys_in(text: str) -> Iterator[str]:
    yield from re.findall(r"\bt\.(\w+)", text)
    yield from re.findall(r'texts\["(\w+)"\]', text)
    yield from re.findall(r'counted\((?:\w+, )?"(\w+)"', text)
    yield from re.findall(r'"(home_\w+)"\)', text)


def test_both_catalogues_have_the_same_keys_and_placeholders() -> None:
    english, vietnamese = catalogue("en"), catalogue("vi")
    assert {
        key for key in english if not key.endswith("_one")
    } == vietnamese.keys()  # Vietnamese tells no one from many
    for key, text in english.items():
        placeholders = set(re.findall(r"\{\w*\}", vietnamese[key.removesuffix("_one")]))
        found = set(re.findall(r"\{\w*\}", text))
        assert found <= placeholders if key.endswith("_one") else found == placeholders, key


def test_every_key_that_pages_ask_for_is_there() -> None:
    asked = {key for path in [*TEMPLATES, *WEB.glob("*.py")] for key in keys_in(path.read_text(encoding="utf-8"))}
    assert asked - {"get"} <= catalogue("en").keys()


def test_every_value_that_makes_a_key_has_its_words() -> None:
    made = (
        {f"role_{role}" for role in Role}
        | {f"state_{state}" for state in RunState}
        | {f"status_{one}" for one in Status}
        | {f"stage_{stage}" for stage in ("new", "active", "won_back", "at_risk", "lost")}
    )
    made |= {f"{name}_{part}" for name in (*PROBLEMS.values(), "failed") for part in ("title", "lead")}
    assert made <= catalogue("en").keys()


def test_no_text_is_written_into_a_template() -> None:
    for path in TEMPLATES:
        text = re.sub(
            r"\{[{%#].*?[}%#]\}|<pre.*?</pre>|<kbd.*?</kbd>|<[^>]*>", " ", path.read_text(encoding="utf-8"), flags=re.S
        )
        assert not re.search(r"[A-Za-zÀ-ỹ]{2,}", text), path.name


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ADDRESSES)
def test_page_is_in_the_language_asked_for(analyst: Any, path: str, language: str) -> None:
    page = analyst.get(path, headers={"accept-language": f"fr, {language};q=0.9"}).text
    assert f'<html lang="{language}">' in page
    assert catalogue(language)["nav_customers"] in page


def test_chosen_language_is_kept_and_leads_back_inside_only(analyst: Any) -> None:
    assert analyst.get("/language/vi?to=/customers").headers["location"] == "/customers"
    assert '<html lang="vi">' in analyst.get("/customers", headers={"accept-language": "en"}).text
    for outside in ("//evil.example", "https://evil.example", "/\\evil.example"):
        assert analyst.get("/language/vi", params={"to": outside}).headers["location"] == "/"


def test_customer_page_shows_figures_record_identifiers_and_journey(steward: Any) -> None:
    page = steward.get("/customers/cus_0000000011").text
    for text in (
        "Nguyễn Thị Lan",
        "₫6,025,000",
        "LC2951000587",
        "Phường Bến Nghé",
        "14 Mar 1990",
        "Signed In: 3 earlier sessions joined",
    ):
        assert text in page, text


def test_money_and_dates_are_in_the_readers_form(steward: Any) -> None:
    page = steward.get("/customers/cus_0000000011", headers={"accept-language": "vi"}).text
    assert "6.025.000\u00a0₫" in page
    assert "14/3/1990" in page


def test_old_id_shows_where_it_went_and_a_split_one_its_heirs(analyst: Any, people: Any) -> None:
    assert f"You asked for {people.OLD}" in analyst.get(f"/customers/{people.OLD}").text
    split = analyst.get(f"/customers/{people.SPLIT}").text
    assert people.LAN in split
    assert people.HUNG in split


@pytest.mark.parametrize(
    "path",
    [
        "/customers/cus_000000000Z",
        "/customers/lan",
        "/customers/cus_0000000011?events=x",
        "/journeys",
        "/static/nothing.js",
        "/static/..%2fpages.py",
    ],
)
def test_what_is_not_there_is_a_page_that_says_so(analyst: Any, path: str) -> None:
    assert analyst.get(path).status_code == 404


def test_empty_workspace_shows_the_next_step(analyst: Any, explorer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explorer, "overview", Overview)
    page = analyst.get("/").text
    assert "knotwork load" in page
    assert "knotwork resolve" in page


def test_loaded_workspace_without_a_run_shows_the_next_step_and_no_zeros(
    analyst: Any, explorer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(explorer, "overview", lambda: Overview(events=1))
    page = analyst.get("/").text
    assert "1 event is loaded" in page
    assert "knotwork resolve" in page
    assert 'class="figures"' not in page


def test_one_is_not_told_as_many(analyst: Any, explorer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    one = replace(explorer.overview(), runs=1, sources=2)
    monkeypatch.setattr(explorer, "overview", lambda: one)
    page = analyst.get("/").text
    assert "<dt>run</dt><dd>1</dd>" in page
    assert "<dt>sources</dt><dd>2</dd>" in page


def test_pages_bear_the_name_of_the_workspace_for_who_has_come_in(explorer: Any) -> None:
    visitor = Visitor(create_app(explorer, token=TOKEN, name="Tiệm Hoa & Co"))
    assert "Tiệm Hoa" not in visitor.get("/", headers={"accept": "text/html"}).text
    visitor.get(f"/?token={TOKEN}")
    page = visitor.get("/").text
    assert "· Tiệm Hoa &amp; Co</title>" in page
    assert '<span class="workspace">Tiệm Hoa &amp; Co</span>' in page


def test_code_is_set_as_code(stranger: Any) -> None:
    page = stranger.get("/", headers={"accept": "text/html"}).text
    assert "<code>knotwork serve</code>" in page
    assert "`" not in page


def test_list_pages_through_all_customers(
    analyst: Any, explorer: Any, people: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("knotwork.web.pages.PAGE", 2)
    page, seen = analyst.get("/customers").text, []
    while True:
        seen += re.findall(r'href="/customers/(cus_\w+)"', page)
        more = re.search(r'href="(/customers\?after=[^"]+)"', page)
        if not more:
            break
        page = analyst.get(more[1]).text
    assert seen == sorted(explorer.views)


@pytest.mark.parametrize(
    "typed",
    [
        "nguyenlan.90@gmail.com",
        "email:nguyenlan.90@gmail.com",
        " EMAIL:nguyenlan.90@gmail.com",
        "LC2951000587",
        "u-10482",
        "+84901234521",
        "cus_0000000011",
        "cus_0000000003",
    ],
)
def test_search_leads_to_the_customer_without_what_was_typed_in_the_address(analyst: Any, typed: str) -> None:
    answer = analyst.post("/find", data={"q": typed})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/customers/cus_0000000011"


@pytest.mark.parametrize(
    "typed", ["", "nobody@example.com", "nguyenlan", "x" * 400, "email:", ":", "<script>alert(1)</script>"]
)
def test_search_that_finds_nobody_says_so_and_how_to_search(analyst: Any, typed: str) -> None:
    answer = analyst.post("/find", data={"q": typed})
    assert answer.status_code == 404
    assert "type the whole identifier" in answer.text
    assert "<script>alert" not in answer.text


def test_several_that_were_found_are_asked_for_together(analyst: Any, explorer: Any, people: Any) -> None:
    explorer.calls.clear()
    assert analyst.get(f"/customers/{people.SPLIT}").status_code == 200
    assert (explorer.calls["several"], explorer.calls["customer"]) == (1, 1)


def test_search_asks_at_most_once_for_each_type(explorer: Any) -> None:
    kinds = explorer.overview().identifiers_by_type
    explorer.calls.clear()
    find(explorer, "nobody here")
    assert explorer.calls["customer"] <= len(kinds) + 1


def test_get_never_searches(analyst: Any) -> None:
    assert analyst.get("/find?q=nguyenlan.90@gmail.com").status_code in (404, 405)


class Outline(HTMLParser):
    """Ids, label targets, headings and everything that a strict policy would refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.labels: list[str] = []
        self.inputs: list[str] = []
        self.headings: list[int] = []
        self.refused: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids += [given["id"]] if given.get("id") else []
        self.labels += [given["for"]] if given.get("for") else []
        self.inputs += [given.get("id") or ""] if tag == "input" else []
        self.headings += [int(tag[1])] if re.fullmatch("h[1-6]", tag) else []
        self.refused += [name for name in given if name == "style" or name.startswith("on")]
        self.loads += [given[name] or "" for name in ("src",) if name in given]
        if tag == "link":
            self.loads.append(given.get("href") or "")


@pytest.mark.parametrize("path", [*ADDRESSES, "/customers/cus_0000000015"])
def test_page_is_sound_for_screen_readers_and_for_the_policy(steward: Any, path: str) -> None:
    outline = Outline()
    outline.feed(steward.get(path).text)
    assert len(outline.ids) == len(set(outline.ids))
    assert set(outline.inputs) <= set(outline.labels)
    assert outline.headings[0] == 1
    assert outline.headings.count(1) == 1
    assert outline.refused == []
    assert all(load.startswith("/static/") for load in outline.loads)


def test_every_reason_of_ownership_has_words_in_both_languages() -> None:
    for language in LANGUAGES:
        assert set(KEYS.values()) <= catalogue(language).keys()


def test_static_addresses_answer_with_their_type(analyst: Any) -> None:
    for name in shelf():
        answer = analyst.get(f"/static/{name}")
        assert answer.status_code == 200
        assert answer.headers["content-type"].split(";")[0] in ("text/css", "text/javascript", "image/svg+xml")


def test_page_of_three_hundred_identifiers_stays_within_its_weight(analyst: Any, explorer: Any, people: Any) -> None:
    number = people.customer_id(99)
    explorer.add(*people.crowd(number, 300))
    assert len(analyst.get(f"/customers/{number}").content) <= 250_000
