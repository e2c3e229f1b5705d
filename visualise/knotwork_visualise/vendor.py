"""Where the vis-network script lies that pyvis ships (Apache-2.0 or MIT, its notice is the file's first comment)."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

VERSION = "9.1.2"


@cache
def vis_network() -> Path:
    """The script file. Found without importing pyvis, which would start IPython; raises ``FileNotFoundError``."""
    found = find_spec("pyvis")
    if found is None or found.origin is None:
        raise FileNotFoundError("pyvis is not installed: pip install pyvis")
    path = Path(found.origin).parent / "lib" / f"vis-{VERSION}" / "vis-network.min.js"
    if not path.is_file():
        raise FileNotFoundError(f"pyvis ships no vis-network {VERSION}: pip install 'pyvis==0.3.2'")
    return path
