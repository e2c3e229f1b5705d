"""A real server is told to end while it answers: it finishes, gives everything back, and ends with 0."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_well(made: Path, tmp_path: Path, how: signal.Signals) -> None:
    import shutil

    shutil.copytree(made, tmp_path / "ws")
    command = [sys.executable, "-m", "knotwork", "--workspace", str(tmp_path / "ws"), "serve", "--port", "0", "--log"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        assert server.stdout
        found = re.search(r"(http://\S+?)/\?token=(\S+)", server.stdout.readline())
        assert found
        headers = {"authorization": f"Bearer {found[2]}"}
        with httpx.stream("GET", f"{found[1]}/v1/export/members?format=jsonl", headers=headers, timeout=60) as answer:
            server.send_signal(how)
            lines = [one for one in answer.iter_lines() if one]
        assert len(lines) == 45
        _, errors = server.communicate(timeout=30)
    assert server.returncode == 0
    assert "Traceback" not in errors
    assert '"route": "/v1/export/{what}", "status": 200' in errors
    assert found[2] not in errors
