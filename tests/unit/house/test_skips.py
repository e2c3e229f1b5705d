"""What could not run is said, and on a build machine it is a failure."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).resolve().parents[2] / "conftest.py"
SETTINGS = "[pytest]\nmarkers =\n    browser: x\n    neo4j: x\n    node: x\n    shared_data: x\n"


def run(folder: Path, body: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """One run of pytest over ``body`` on a machine that has nothing but Python."""
    shutil.copy(CONFTEST, folder / "conftest.py")
    (folder / "pytest.ini").write_text(SETTINGS)
    (folder / "test_it.py").write_text(f"import pytest\n\n{body}\n")
    path = os.pathsep.join(filter(None, [str(CONFTEST.parents[1]), os.environ.get("PYTHONPATH")]))
    bare = {"PATH": "", "KNOTWORK_SHARED_DATA": str(folder / "absent"), "PYTHONPATH": path}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "addopts="]
    return subprocess.run(command, cwd=folder, env=bare | environ, capture_output=True, text=True)


MARKED = "@pytest.mark.{}\ndef test_it(): assert False\n\ndef test_other(): pass"
PLAIN = "def test_it(): pytest.skip('not today')\n\ndef test_other(): pass"


@pytest.mark.parametrize("part", ["browser", "neo4j", "node", "shared_data"])
def test_a_part_that_cannot_run_here_is_named_with_its_remedy(tmp_path, part):
    ran = run(tmp_path, MARKED.format(part))
    assert ran.returncode == 0
    assert "could not run on this machine" in ran.stdout
    assert f"1 test of {part}: " in ran.stdout
    assert ran.stdout.splitlines()[-1].startswith("1 passed, 1 skipped in ")


@pytest.mark.parametrize("part", ["browser", "neo4j", "node"])
def test_on_a_build_machine_that_is_a_failure(tmp_path, part):
    ran = run(tmp_path, MARKED.format(part), CI="true")
    assert ran.returncode == 1
    assert "FAILURE" in ran.stdout
    assert ran.stdout.splitlines()[-1].startswith("1 passed, 1 skipped in ")


def test_development_data_may_be_absent_from_a_build_machine(tmp_path):
    ran = run(tmp_path, MARKED.format("shared_data"), CI="true")
    assert ran.returncode == 0
    assert "1 test of shared_data: " in ran.stdout


def test_a_skip_that_no_marker_explains_fails_on_a_build_machine(tmp_path):
    assert run(tmp_path, PLAIN).returncode == 0
    ran = run(tmp_path, PLAIN, CI="true")
    assert ran.returncode == 1
    assert "skipped without a marker" in ran.stdout


def test_a_module_that_skips_itself_fails_on_a_build_machine(tmp_path):
    (tmp_path / "test_beside.py").write_text("def test_it(): pass\n")
    whole = "pytest.importorskip('no_such_module_anywhere')\n\ndef test_it(): pass"
    assert run(tmp_path, whole).returncode == 0
    ran = run(tmp_path, whole, CI="true")
    assert ran.returncode == 1
    assert "1 passed, 1 skipped" in ran.stdout


def test_where_everything_ran_nothing_is_said(tmp_path):
    ran = run(tmp_path, "def test_other(): pass", CI="true")
    assert ran.returncode == 0
    assert "could not run" not in ran.stdout
