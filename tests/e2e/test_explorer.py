"""What a person does with the explorer, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

pytestmark = pytest.mark.browser

TOKEN = "a-token-for-tests-only"  # noqa: S105 - it opens nothing but a test
DRAWN = "document.querySelector('.kw-drawn canvas')"
INK = """canvas => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let drawn = 0;
  for (let at = 3; at < data.length; at += 4) drawn += data[at] > 0;
  return drawn / (data.length / 4);
}"""
CONTRAST = """() => {
  const parse = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = (rgb) => rgb.slice(0, 3).map(c => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, at) => sum + c * [0.2126, 0.7152, 0.0722][at], 0);
  const behind = element => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const poor = [];
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
    if (!own || element.closest('script, svg, .hidden') || !element.checkVisibility()) continue;
    const [a, b] = [light(parse(getComputedStyle(element).color)), light(behind(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) poor.push(`${ratio.toFixed(2)} ${element.tagName} ${element.textContent.slice(0, 30)}`);
  }
  return poor;
}"""
PAGES = ["/", "/customers", "/customers/cus_0000000011"]
Visit = Callable[..., Any]


def test_link_lets_in_and_its_token_leaves_the_address(visit: Visit, address: str) -> None:
    seen = visit(f"/?token={TOKEN}", link=False)
    assert seen.page.url == f"{address}/"
    assert seen.page.locator("h1").inner_text() == "What is in here"
    assert seen.page.evaluate("document.cookie") == ""


def test_without_the_link_the_token_can_be_pasted(visit: Visit, address: str) -> None:
    page = visit("/customers", link=False).page
    assert "needs its token" in page.locator("h1").inner_text()
    page.get_by_label("Token").fill("wrong-token-of-nobody")
    page.get_by_role("button", name="Open").click()
    assert "not the token" in page.get_by_role("alert").inner_text()
    page.get_by_label("Token").fill(TOKEN)
    page.get_by_role("button", name="Open").click()
    page.wait_for_url(f"{address}/")


@pytest.mark.parametrize("typed", ["nguyenlan.90@gmail.com", "LC2951000587", "cus_0000000003"])
def test_customer_is_found_from_the_keyboard_alone(visit: Visit, address: str, typed: str) -> None:
    seen = visit("/")
    seen.page.keyboard.press("/")
    seen.page.keyboard.type(typed)
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_url("**/customers/cus_*")
    assert seen.page.locator("h1").inner_text() == "Nguyễn Thị Lan"
    assert not [url for url in seen.requests if "gmail" in url or "LC2951" in url]
    assert seen.problems == []


def test_picture_is_drawn_and_says_what_the_keyboard_chooses(visit: Visit, people: ModuleType) -> None:
    seen = visit(f"/customers/{people.LAN}")
    seen.page.wait_for_function(DRAWN)
    canvas = seen.page.locator(".kw-drawn canvas")
    seen.page.wait_for_timeout(200)
    assert 0.005 < canvas.evaluate(INK) < 0.5
    seen.page.locator(".kw-canvas").focus()
    seen.page.keyboard.press("ArrowRight")
    first = seen.page.locator(".kw-said").inner_text()
    seen.page.keyboard.press("ArrowRight")
    second = seen.page.locator(".kw-said").inner_text()
    assert "events" in first
    assert first != second
    seen.page.keyboard.press("Escape")
    assert seen.page.locator(".kw-said").inner_text() == ""
    assert seen.problems == []


def test_zoom_buttons_change_the_picture_and_show_all_restores_it(visit: Visit, people: ModuleType) -> None:
    page = visit(f"/customers/{people.LAN}").page
    page.wait_for_function(DRAWN)
    page.wait_for_timeout(200)
    canvas = page.locator(".kw-drawn canvas")
    before = canvas.evaluate(INK)
    page.get_by_role("button", name="Zoom in").click()
    page.wait_for_timeout(150)
    assert canvas.evaluate(INK) > before * 1.1
    page.get_by_role("button", name="Show all").click()
    page.wait_for_timeout(150)
    assert canvas.evaluate(INK) == pytest.approx(before, rel=0.05)


def test_large_cluster_is_drawn_within_a_second_and_counts_what_it_folds(visit: Visit, people: ModuleType) -> None:
    seen = visit(f"/customers/{people.CROWD}")
    seen.page.wait_for_function(DRAWN, timeout=3000)
    assert "420 folded" in seen.page.locator(".kw-count").inner_text()
    assert seen.problems == []


@pytest.mark.parametrize(
    "path", ["/", "/customers", "/customers/cus_0000000015", "/customers/cus_0000000015?events=500"]
)
def test_hostile_strings_run_nothing_report_nothing_and_load_nothing(visit: Visit, address: str, path: str) -> None:
    seen = visit(path)
    seen.page.wait_for_timeout(400)
    if "cus_" in path:
        seen.page.wait_for_function(DRAWN)
        seen.page.locator(".kw-canvas").focus()
        for key in ("ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown") * 3:
            seen.page.keyboard.press(key)
        box = seen.page.locator(".kw-canvas").bounding_box()
        for step in range(12):  # tooltips show titles
            seen.page.mouse.move(box["x"] + box["width"] * (step + 1) / 13, box["y"] + box["height"] / 2)
            seen.page.wait_for_timeout(40)
        seen.page.locator(".kw-twin summary").click()
    assert seen.page.evaluate("window.hurt") is None
    assert seen.problems == []
    assert all(url.startswith((address, "data:")) for url in seen.requests), seen.requests
    assert seen.page.locator("main img, main iframe, main link, main style, main b").count() == 0


def test_policy_is_in_force(visit: Visit) -> None:
    """A page that may run a script of an attacker would make the test above worthless."""
    seen = visit("/")
    blocked = seen.page.evaluate("""() => new Promise(done => {
      document.addEventListener('securitypolicyviolation', event => done(event.violatedDirective));
      const script = document.createElement('script');
      try { script.textContent = 'window.hurt = 1'; document.body.append(script); } catch { done('trusted types'); }
      setTimeout(() => done(''), 500);
    })""")
    assert blocked
    assert seen.page.evaluate("window.hurt") is None


@pytest.mark.parametrize(
    ("locale", "title", "other"), [("vi-VN", "Khách hàng", "Customers"), ("en-GB", "Customers", "Khách hàng")]
)
def test_browser_language_decides_and_the_switch_changes_it(visit: Visit, locale: str, title: str, other: str) -> None:
    page = visit("/customers", locale=locale).page
    assert page.locator("h1").inner_text() == title
    assert page.evaluate("document.documentElement.lang") == locale[:2]
    page.locator(f".languages a[lang={'en' if locale[:2] == 'vi' else 'vi'}]").click()
    assert page.locator("h1").inner_text() == other


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_every_text_has_enough_contrast(visit: Visit, path: str, scheme: str) -> None:
    page = visit(path, color_scheme=scheme).page
    assert page.evaluate(CONTRAST) == []
    page.evaluate("document.querySelector('h1').style.color = '#777'")
    assert len(page.evaluate(CONTRAST)) == 1  # so the measure measures


@pytest.mark.parametrize("path", PAGES)
def test_narrow_page_does_not_scroll_sideways(visit: Visit, path: str) -> None:
    page = visit(path, viewport={"width": 360, "height": 740}).page
    page.wait_for_timeout(200)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_timeline_begins_within_the_first_screen(visit: Visit, people: ModuleType) -> None:
    page = visit(f"/customers/{people.LAN}").page
    box = page.locator(".kw-timeline").bounding_box()
    assert box["y"] + box["height"] < 1000


def test_tab_reaches_everything_in_order_and_shows_where_it_is(visit: Visit, people: ModuleType) -> None:
    page = visit(f"/customers/{people.LAN}").page
    page.wait_for_function(DRAWN)
    reached = []
    for _ in range(24):
        page.keyboard.press("Tab")
        found = page.evaluate("""() => {
          const at = document.activeElement, style = getComputedStyle(at);
          const shown = style.outlineStyle !== 'none' && style.outlineWidth !== '0px';
          return [at.className || at.id || at.tagName, shown];
        }""")
        reached.append(found)
    names = [name for name, _ in reached]
    for wanted in ("skip", "search", "kw-canvas", "identifiers"):
        assert wanted in names
    assert names[0] == "skip"
    unseen = [name for name, outlined in reached if not outlined and name not in ("BODY", "HTML")]
    assert unseen == []


def test_page_without_scripts_shows_picture_timeline_and_tables(visit: Visit, people: ModuleType) -> None:
    page = visit(f"/customers/{people.LAN}", java_script_enabled=False).page
    assert page.locator(".kw-svg").is_visible()
    assert page.locator(".kw-svg text").count() >= 12
    assert page.locator(".kw-timeline").is_visible()
    page.locator(".kw-twin summary").click()
    assert page.locator(".kw-twin table").first.is_visible()
    page.locator("#search").fill("u-10482")
    page.locator("#search").press("Enter")
    page.wait_for_url("**/customers/cus_*")


def test_print_shows_the_drawing_instead_of_the_canvas(visit: Visit, people: ModuleType) -> None:
    page = visit(f"/customers/{people.LAN}").page
    page.wait_for_function(DRAWN)
    page.emulate_media(media="print")
    assert page.locator(".kw-svg").is_visible()
    assert not page.locator(".kw-canvas").is_visible()
