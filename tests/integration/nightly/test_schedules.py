"""What the page says to schedule the job by is tried: cron's lines as cron runs them, units as systemd reads them."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import knotwork
from tests.unit.nightly.night import pairs

PAGE = Path(__file__).parents[3] / "docs" / "nightly.md"
INSTALLED, WORKSPACE = "/opt/knotwork/bin/knotwork", "/srv/shop"
CRON = re.compile(r"^(?:(?:[\d*/,-]+ +){5}|@reboot +)(.+)$", re.MULTILINE)
UNIT = re.compile(r"```ini\n(.+?)```", re.DOTALL)
systemd = shutil.which("systemd-analyze")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A workspace of three customers that no job has seen."""
    knotwork.init(tmp_path / "shop")
    with knotwork.open(tmp_path / "shop") as workspace:
        workspace.collect([one.line() for one in pairs(3)])
    return tmp_path / "shop"


def here(text: str, shop: Path) -> str:
    """What the page says, for the Knotwork and the workspace of this test."""
    return text.replace(INSTALLED, f"{Path(sys.executable).with_name('knotwork')}").replace(WORKSPACE, str(shop))


def as_cron(line: str) -> subprocess.CompletedProcess[str]:
    """A command run as cron does: by the plain shell, with next to nothing in the environment."""
    bare = {"PATH": "/usr/bin:/bin", "HOME": "/", "LOGNAME": "shop"}
    return subprocess.run(["/bin/sh", "-c", line], env=bare, capture_output=True, text=True, timeout=120, cwd="/")


def test_cron_runs_the_job_and_mails_nothing_where_all_is_well(shop):
    nightly, missed = CRON.findall(PAGE.read_text("utf-8"))
    for line, jobs in ((nightly, 1), (missed, 1)):  # the second finds that none was missed
        done = as_cron(here(line, shop))
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        with knotwork.open(shop) as workspace:
            assert len(workspace.runs.list(every=True)) == jobs


@pytest.mark.skipif(systemd is None, reason="this machine has no systemd to read its units")
def test_systemd_reads_the_units(shop, tmp_path):
    service, timer = UNIT.findall(PAGE.read_text("utf-8"))
    (tmp_path / "knotwork-recompute.service").write_text(here(service, shop).replace("User=knotwork\n", ""))
    (tmp_path / "knotwork-recompute.timer").write_text(timer)
    units = [str(tmp_path / f"knotwork-recompute.{kind}") for kind in ("service", "timer")]
    found = subprocess.run([str(systemd), "verify", "--man=no", *units], capture_output=True, text=True, timeout=60)
    said = [line for line in found.stderr.splitlines() if "knotwork-recompute" in line]
    assert (said, found.returncode) == ([], 0)
    (calendar,) = re.findall(r"OnCalendar=(.+)", timer)
    subprocess.run([str(systemd), "calendar", calendar], check=True, capture_output=True, timeout=60)
