"""The rules of the house that no linter knows."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
BINARY = {".png", ".gz", ".parquet", ".ico", ".woff2", ".zip"}
LONGEST_FUNCTION = 50
LONGEST_FILE = 400
REGISTRIES = re.compile(
    r"https?://[\w.-]*(?:pypi|pythonhosted|npmjs|registry\.|maven|deb\.debian|crates\.io|proxy\.golang)[\w./-]*"
)
MACHINE = re.compile(r"(?<![\w.])/(?:work|root|home|farm|Users)/[\w.]")
DULL = {"utils", "helpers", "common", "manager", "misc"}


def tracked() -> list[Path]:
    """The files that are, or are about to be, the repository's; where git is absent, all but hidden ones."""
    if (ROOT / ".git").exists():
        listing = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        names = subprocess.run(listing, capture_output=True, text=True, check=True).stdout.split("\0")
        return [path for name in names if name and (path := ROOT / name).is_file()]
    return [
        path
        for path in ROOT.rglob("*")
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
    ]


FILES = tracked()
PYTHON = [path for path in FILES if path.suffix == ".py"]


def text_of(path: Path) -> str:
    """The text of a file; nothing for one that is no text."""
    return "" if path.suffix in BINARY else path.read_text(encoding="utf-8", errors="replace")


def found(pattern: re.Pattern[str]) -> list[str]:
    """Where the pattern occurs in the repository, as file:line; this file, which must name it, is left out."""
    return [
        f"{path.relative_to(ROOT)}:{number}"
        for path in FILES
        if path != Path(__file__).resolve()
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if pattern.search(line)
    ]


def test_the_repository_was_found():
    assert ROOT / "pyproject.toml" in FILES


def test_tests_run_coroutines_beside_a_browsers_loop():
    """A browser's tests leave a loop in the main thread, where ``asyncio.run`` then fails; ``aside`` has its own."""
    places = found(re.compile(r"asyncio\.run\("))
    assert [place for place in places if place.startswith("tests/") and not place.startswith("tests/aside.py")] == []


def test_no_address_of_a_package_registry():
    assert found(REGISTRIES) == []


def test_no_path_of_somebody_s_machine():
    assert found(MACHINE) == []


@pytest.mark.parametrize("line", ["a = '/home/lan/x'", "/Users/lan/code"])
def test_paths_of_machines_are_recognised(line):
    assert MACHINE.search(line)


def test_constraints_are_names_and_versions_only():
    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if not line.startswith("#")]
    assert lines
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.!+_-]*", line)] == []


def test_every_dependency_is_pinned():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    names = {re.match(r"[A-Za-z0-9._-]+", each)[0].lower() for each in asked}
    pinned = {line.partition("==")[0].lower() for line in (ROOT / "constraints.txt").read_text().splitlines()}
    assert names - pinned == set()


def test_files_are_small():
    assert [str(path.relative_to(ROOT)) for path in PYTHON if len(text_of(path).splitlines()) > LONGEST_FILE] == []


def test_functions_are_small():
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in PYTHON
        for node in ast.walk(ast.parse(text_of(path)))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (node.end_lineno or node.lineno) - node.lineno >= LONGEST_FUNCTION
    ]
    assert long == []


def test_no_module_has_a_name_that_says_nothing():
    assert [
        str(path.relative_to(ROOT)) for path in PYTHON if DULL & set(path.relative_to(ROOT).with_suffix("").parts)
    ] == []


def test_every_ignore_has_its_reason_beside_it():
    bare = re.compile(r"#\s*(?:type:\s*ignore|noqa)\b(?:\[[^\]]*\]|:\s*[A-Z0-9, ]+)?\s*$")
    assert found(bare) == []


def test_no_top_level_folder_is_itself_a_package():
    assert [
        name for name in ("graph", "resolvers", "visualise", "seeds", "api") if (ROOT / name / "__init__.py").exists()
    ] == []


@pytest.mark.parametrize("target", ["demo", "test", "lint", "bench", "clean", "help"])
def test_the_makefile_has_its_targets(target):
    assert re.search(rf"^{target}:.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)
