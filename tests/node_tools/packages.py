"""The packages that node runs in tests: installed once, by the lock file beside this, outside the repository."""

from __future__ import annotations

import os
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp

HERE = Path(__file__).resolve().parent
FILES = ("package.json", "package-lock.json")


def find_node() -> str | None:
    """The path of node where it has npm beside it, else None."""
    return shutil.which("node") if shutil.which("npm") else None


def installed() -> Path:
    """The folder with ``node_modules`` that the lock file asks for; the first call on a machine fetches them."""
    name = sha256(b"".join((HERE / one).read_bytes() for one in FILES)).hexdigest()[:16]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "knotwork" / "node" / name
    if cache.is_dir():
        return cache
    cache.parent.mkdir(parents=True, exist_ok=True)
    made = Path(mkdtemp(prefix=".installing-", dir=cache.parent))
    for one in FILES:
        shutil.copy(HERE / one, made / one)
    command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    ran = subprocess.run(command, cwd=made, capture_output=True, text=True, timeout=300)
    if ran.returncode:
        raise RuntimeError(f"npm could not install what the tests need: {ran.stderr[-2000:]}")
    if not cache.is_dir():  # another process may have been faster
        made.rename(cache)
    return cache
