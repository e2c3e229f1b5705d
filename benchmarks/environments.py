"""Environments of their own for the libraries that ours are compared with."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def environment(folder: Path, *packages: str) -> Path:
    """The Python of an environment that has ``packages`` and nothing of ours, in ``folder``, where it is kept."""
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *packages], check=True)
    return python
