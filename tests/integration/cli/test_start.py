"""The command as a process of its own: it starts at once, and dies quietly."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from time import sleep

import pytest

KNOTWORK = [sys.executable, "-m", "knotwork"]
HEAVY = {
    "duckdb",
    "pyarrow",
    "numpy",
    "scipy",
    "networkx",
    "fastapi",
    "strawberry",
    "uvicorn",
    "pyvis",
    "jinja2",
    "rich",
}


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["load", "--help"]])
def test_what_needs_no_data_imports_nothing_heavy(arguments):
    """The 0.4 seconds are a promise about a quiet machine; what would break it is an import, on any machine."""
    script = "import sys\nfrom knotwork.cli.main import status\nstatus(sys.argv[1:], None)\nprint(*sorted(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True)
    assert not HEAVY & set(ran.stdout.splitlines()[-1].split())


def test_a_folder_that_is_no_workspace_is_a_sentence(tmp_path: Path):
    ran = subprocess.run([*KNOTWORK, "--workspace", str(tmp_path), "doctor"], capture_output=True, text=True)
    assert ran.returncode == 1
    assert "Traceback" not in ran.stderr
    assert str(tmp_path) in ran.stderr


def test_a_reader_that_leaves_is_no_error(tmp_path: Path):
    reading, writing = os.pipe()
    os.close(reading)
    ran = subprocess.run([*KNOTWORK, "--help"], stdout=writing, stderr=subprocess.PIPE, text=True)
    os.close(writing)
    assert ran.returncode == 1
    assert ran.stderr == ""


def test_words_of_any_language_come_out_under_a_plain_locale(tmp_path: Path):
    environ = os.environ | {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "KNOTWORK_WORKSPACE": str(tmp_path / "Nguyễn")}
    ran = subprocess.run([*KNOTWORK, "doctor"], capture_output=True, text=True, env=environ)
    assert ran.returncode == 1
    assert "Nguy" in ran.stderr
    assert "Traceback" not in ran.stderr


def heeding_ctrl_c() -> None:
    """What a shell starts in the background ignores Ctrl-C, and so do its children, unless they say otherwise."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_ctrl_c_in_the_middle_of_work_is_a_word_and_130(tmp_path: Path):
    command = [*KNOTWORK, "generate", str(tmp_path / "made"), "--people", "100000"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, preexec_fn=heeding_ctrl_c) as process:
        while not (tmp_path / "made").exists() and process.poll() is None:
            sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said.startswith("knotwork: stopped")
    assert "Traceback" not in said
