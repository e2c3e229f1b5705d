"""Records of decisions have one form, and a link from one to another says the number it leads to."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "adr"
RECORDS = sorted(path for path in FOLDER.glob("*.md") if path.name != "0000-template.md")
PARTS = ("What asked for it", "What was decided", "What was measured", "What else was looked at", "What follows")
LINK = re.compile(r"\[(\d+)\]\((\d{4})-[a-z0-9-]+\.md\)")


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.name[:4])
def test_a_record_has_the_form_of_the_template(path: Path) -> None:
    title, blank, *rest = path.read_text(encoding="utf-8").splitlines()
    assert title.startswith(f"# {int(path.name[:4])}. ")
    assert not blank
    assert re.match(r"State: (proposed|accepted|superseded by \[)", rest[0])
    headings = [line.removeprefix("## ") for line in rest if line.startswith("## ")]
    assert headings[:2] == list(PARTS[:2])
    assert set(headings) <= set(PARTS)
    assert len(headings) == len(set(headings))


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.name[:4])
def test_a_link_between_records_says_the_number_it_leads_to(path: Path) -> None:
    for number, target in LINK.findall(path.read_text(encoding="utf-8")):
        assert int(number) == int(target)


def test_no_number_is_given_twice() -> None:
    numbers = [path.name[:4] for path in RECORDS]
    assert len(numbers) == len(set(numbers))
