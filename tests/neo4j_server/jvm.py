"""The Java machines of this computer, by version."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

FOLDERS = (Path("/usr/lib/jvm"), Path("/Library/Java/JavaVirtualMachines"), Path("/opt/java"))
VERSION = re.compile(r'version "(\d+)')


def candidates() -> Iterator[Path]:
    """Where a ``java`` may be: the PATH, ``JAVA_HOME``, and the folders that systems put theirs in."""
    if found := shutil.which("java"):
        yield Path(found)
    if home := os.environ.get("JAVA_HOME"):
        yield Path(home, "bin", "java")
    for folder in FOLDERS:
        yield from sorted(folder.glob("*/bin/java"))
        yield from sorted(folder.glob("*/Contents/Home/bin/java"))


def version(java: Path) -> int:
    """The feature version of one, such as 17; 0 for what is none."""
    try:
        said = subprocess.run([str(java), "-version"], capture_output=True, text=True, timeout=20).stderr
    except OSError:
        return 0
    found = VERSION.search(said)
    return int(found[1]) if found else 0


def find(least: int) -> Path:
    """The oldest Java that is at least this version: the one a server of its time was tried with."""
    known = {path.resolve(): path for path in candidates() if path.is_file()}
    able = sorted((number, path) for path in known.values() if (number := version(path)) >= least)
    if not able:
        raise LookupError(f"no Java {least} or newer was found on the PATH, in JAVA_HOME or in {FOLDERS[0]}")
    return able[0][1]
