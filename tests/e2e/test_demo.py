"""The demo as a stranger meets it: one command, the printed link, a customer found by a telephone number."""

from __future__ import annotations

import csv
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LINK = re.compile(r"http://127\.0\.0\.1:\d+/\?token=\S+")
PEOPLE = "120"


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[str]:
    """The link that a running demo printed; the demo is ended by Ctrl+C and must end well."""
    command = [sys.executable, "-m", "knotwork", "demo", "--people", PEOPLE, "--port", "0"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as run:
        assert run.stdout is not None
        link = next((found.group(0) for line in run.stdout if (found := LINK.search(line))), None)
        assert link is not None, "the demo ended without an address"
        yield link
        run.send_signal(signal.SIGINT)
        assert run.wait(timeout=20) in (0, 130)


def test_a_stranger_finds_a_customer_by_a_telephone_number(
    demo: str, visit: Callable[..., Any], tmp_path: Path
) -> None:
    phone = somebodys_phone(tmp_path / "demo-workspace")
    seen = visit(demo, link=False)
    assert "token" not in seen.page.url
    seen.page.get_by_role("searchbox").first.fill(f"phone:{phone}")
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_url("**/customers/cus_*")
    assert phone in seen.page.inner_text("main")
    assert seen.page.locator("main svg, main canvas").count() > 0
    assert seen.problems == []
    assert all(request.startswith(demo.split("/?")[0]) for request in seen.requests)


def somebodys_phone(workspace: Path) -> str:
    """A telephone number that belongs to a customer of the demo, as the export tells it."""
    command = [sys.executable, "-m", "knotwork", "--workspace", str(workspace), "export", "members"]
    members = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    return next(row["value"] for row in csv.DictReader(members) if row["type"] == "phone" and row["customer_id"])
