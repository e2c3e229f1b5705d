"""Who gives Arrow its memory in a command."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

ASK = """
import sys
from contextlib import suppress
from knotwork.cli.main import run
sys.argv = ["knotwork", "--version"]
with suppress(SystemExit):
    run()
import pyarrow
print(pyarrow.default_memory_pool().backend_name)
"""


@pytest.mark.parametrize(("given", "used"), [({}, "system"), ({"ARROW_DEFAULT_MEMORY_POOL": "mimalloc"}, "mimalloc")])
def test_a_command_takes_memory_from_the_system_unless_told_otherwise(given, used):
    bare = {name: value for name, value in os.environ.items() if not name.startswith("ARROW")}
    ran = subprocess.run([sys.executable, "-c", ASK], env=bare | given, capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == used
