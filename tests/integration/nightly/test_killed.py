"""The nightly job killed at random moments: it has happened or it has not, and readers never see half of it.

``KNOTWORK_KILLS`` sets how often each way is tried.
"""

from __future__ import annotations

import os
from pathlib import Path
from random import Random

import pytest

from knotwork_graph.model import RunState
from knotwork_seeds import Population, generate
from tests.integration.recovery.killing import Killer, Partition, Reader, Shop

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("KNOTWORK_KILLS", "10"))
SEED = 21


@pytest.fixture(scope="module")
def halves(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A made population's events in two files."""
    folder = tmp_path_factory.mktemp("made")
    generate(folder, Population(people=120, months=4, seed=SEED))
    lines = [line for part in sorted((folder / "events").iterdir()) for line in part.read_text().splitlines()]
    files = folder / "first.jsonl", folder / "second.jsonl"
    for place, file in enumerate(files):
        file.write_text("\n".join(lines[place::2]) + "\n", encoding="utf-8")
    return str(files[0]), str(files[1])


def moments(seconds: float, salt: int) -> list[float]:
    """When to strike, in seconds from the start."""
    chance = Random(SEED + salt)  # noqa: S311 - no secret hangs on these
    return sorted(chance.uniform(0.0, 1.1) * seconds for _ in range(KILLS))


def gated(shop: Shop, **limits: object) -> None:
    """Set limits under [gates]."""
    text = shop.folder.joinpath("knotwork.toml").read_text(encoding="utf-8")
    lines = "".join(f"{name} = {value}\n" for name, value in limits.items())
    head, _, tail = text.partition("[gates]")
    shop.folder.joinpath("knotwork.toml").write_text(f"{head}[gates]\n{lines}{tail.partition(chr(10))[2]}")


def begun(tmp_path: Path, killer: Killer, shop: Shop, halves: tuple[str, str]) -> float:
    """Load one half and publish it, then load the other; how long a recomputation takes."""
    killer.run("load", halves[0])
    seconds = killer.run("recompute")[1]
    killer.run("load", halves[1])
    return seconds


def strike(killer: Killer, shop: Shop, seconds: float, salt: int, states: tuple[Partition, ...]) -> int:
    """Kill the job again and again; how often it was killed. Readers see one of ``states`` each time."""
    killed = 0
    for moment in moments(seconds, salt):
        killed += killer.kill(moment, "recompute")
        found, wrong = shop.look()
        assert found in states
        assert wrong == ()
        with shop.open() as workspace:
            assert all(one.state is not RunState.STAGED for one in workspace.home.store.runs())
    return killed


def test_killed_anywhere_it_has_published_or_nothing_has_happened(halves, tmp_path):
    calm, shop = Shop.made(tmp_path / "calm"), Shop.made(tmp_path / "shop")
    for one in (calm, shop):
        gated(one, id_changes="false", changed_hands="false", customer_growth="false", identifiers_lost="false")
    with Killer(calm.folder) as killer:
        begun(tmp_path, killer, calm, halves)
        killer.run("recompute")
    after = calm.look()[0]
    with Killer(shop.folder) as killer:
        seconds = begun(tmp_path, killer, shop, halves)
        before = shop.look()[0]
        with Reader(shop) as reader:
            killed = strike(killer, shop, seconds, 1, (before, after))
            killer.run("recompute")
    assert killed >= KILLS // 2, "most jobs were through before they were killed: the moments are too late"
    assert shop.look() == (after, ())
    assert shop.ill() == []
    assert set().union(*reader.seen.values()) <= {before, after}
    assert reader.wrong == []
    assert shop.ids() == calm.ids()
    with shop.open() as workspace:
        full = [one.run for one in workspace.runs.list() if one.run.how == "full"]
        assert all(workspace.runs.show(run.number).report is not None for run in full)
        assert not list((shop.folder / "data" / "reports").glob("*.tmp"))


def test_a_job_that_would_be_held_is_held_or_nothing_has_happened(halves, tmp_path):
    shop = Shop.made(tmp_path / "shop")
    with Killer(shop.folder) as killer:
        seconds = begun(tmp_path, killer, shop, halves)
        gated(shop, customer_growth=0)
        before = shop.look()[0]
        for moment in moments(seconds, 2)[: KILLS // 2]:
            held_or_killed(killer, moment)
            assert shop.look()[0] == before
    with shop.open() as workspace:
        rows = workspace.home.store.memberships()
        assert set(rows.from_run.tolist()) == {1}
        held = [one.run.number for one in workspace.runs.list() if one.run.state is RunState.HELD]
        assert all(workspace.runs.diff(1, number).customers_after for number in held[:3])


def held_or_killed(killer: Killer, moment: float) -> None:
    """Let the job run so long; it is killed, or ends held."""
    try:
        killer.kill(moment, "recompute")
    except AssertionError:
        assert "is held by customer_growth" in killer.out()
