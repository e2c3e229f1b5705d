"""What a machine must have for some tests, and the honest count of what could not run on this one.

A test that needs more than Python says so by a marker. Where the machine lacks it, the test is skipped, the closing
section names the part and the remedy, and with ``CI=true`` that is a failure: a build machine that quietly stopped
testing the browser is worse than a red one. Any other skip is a failure there too. Only the development data may be
absent, for it is not part of the repository.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

from tests.neo4j_server.finding import find_neo4j
from tests.node_tools.packages import find_node

settings.register_profile("house", deadline=None)  # how long an example takes is the machine's affair
settings.load_profile("house")
pytest_plugins = ["tests.neo4j_server.plugin"]
ROOT = Path(__file__).resolve().parent.parent
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")


def find_chromium() -> str | None:
    """The path of a Chromium: ``KNOTWORK_CHROMIUM``, else the first known name on the PATH, else None."""
    names = (os.environ.get("KNOTWORK_CHROMIUM", ""), *CHROMIUMS)
    return next((path for name in names if (path := shutil.which(name))), None)


def find_shared_data() -> str | None:
    """The folder of development data: ``KNOTWORK_SHARED_DATA``, else ``../shared/data``, else None."""
    folder = Path(os.environ.get("KNOTWORK_SHARED_DATA", "") or ROOT.parent / "shared" / "data")
    return str(folder) if folder.is_dir() else None


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the tests that needs more than Python: how to look for it, what it lacks, and what to do then."""

    find: Callable[[], str | None]
    lacks: str
    remedy: str
    demanded: bool = True


PARTS = {
    "browser": Part(find_chromium, "no Chromium on the PATH", "install the chromium package, or set KNOTWORK_CHROMIUM"),
    "neo4j": Part(
        find_neo4j,
        "no Docker engine, and no Java with Maven to bring the server",
        "install a Java 17 or newer and Maven, or start Docker",
    ),
    "node": Part(find_node, "no node with npm", "install Node.js 18 or newer with npm"),
    "shared_data": Part(
        find_shared_data,
        "no folder of development data",
        "let KNOTWORK_SHARED_DATA name it",
        demanded=False,
    ),
}


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the Chromium that tests marked ``browser`` drive."""
    return find_chromium() or pytest.fail("ask for `chromium` only in tests marked `browser`")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of development data, for tests marked ``shared_data``."""
    return Path(find_shared_data() or pytest.fail("ask for `shared_data` only in tests marked `shared_data`"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what this machine cannot run; each capability is looked for once."""
    absent = {name: part for name, part in PARTS.items() if part.find() is None}
    for item in items:
        for name, part in absent.items():
            if item.get_closest_marker(name):
                item.add_marker(pytest.mark.skip(reason=f"{name}: {part.lacks}"))


def part_of(report: pytest.TestReport | pytest.CollectReport) -> str:
    """The part that a skipped test belongs to, or an empty string for a skip that no marker explains."""
    keywords = getattr(report, "keywords", {})
    return next((name for name in PARTS if name in keywords), "")


def not_run(config: pytest.Config) -> Counter[str]:
    """How many tests of each part were skipped; the empty part counts the skips that no marker explains."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return Counter(part_of(report) for report in reporter.stats.get("skipped", [])) if reporter else Counter()


def is_failure(name: str) -> bool:
    """Whether a skip of this part turns the run red: on a build machine, unless the part is free to be absent."""
    return os.environ.get("CI", "").lower() in {"1", "true"} and (name not in PARTS or PARTS[name].demanded)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Turn the exit status red where a part that had to run did not."""
    if session.exitstatus == pytest.ExitCode.OK and any(map(is_failure, not_run(session.config))):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say which parts could not run here, why, and what to do about it."""
    skipped = not_run(config)
    if not skipped:
        return
    terminalreporter.section("could not run on this machine")
    for name, count in sorted(skipped.items()):
        part = PARTS.get(name)
        what = (
            f"{name}: {part.lacks}; {part.remedy}"
            if part
            else "no part: skipped without a marker that says what it needs"
        )
        verdict = "FAILURE (CI=true): " if is_failure(name) else ""
        terminalreporter.write_line(
            f"{verdict}{count} test{'s' if count > 1 else ''} of {what}", red=bool(verdict), yellow=not verdict
        )
