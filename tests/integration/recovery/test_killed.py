"""Load and resolve killed at random moments: nothing is lost, nothing is doubled, and readers never notice."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest

from knotwork_seeds import Population, generate
from tests.integration.recovery.killing import Killer, Partition, Reader, Shop, counts

pytestmark = pytest.mark.slow

KILLS = 12  # of each command
FILES = 8
SEED = 20


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A made population's events in some files, the later ones with a few of the earlier ones' again."""
    folder = tmp_path_factory.mktemp("made")
    generate(folder, Population(people=120, months=4, seed=SEED))
    lines = [line for part in sorted((folder / "events").iterdir()) for line in part.read_text().splitlines()]
    files = []
    for number in range(FILES):
        files.append(folder / f"part-{number}.jsonl")
        files[-1].write_text("\n".join(lines[number::FILES] + lines[: 5 * number]) + "\n", encoding="utf-8")
    return files


@pytest.fixture(scope="module")
def undisturbed(parts: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A workspace that nobody disturbed."""
    shop = Shop.made(tmp_path_factory.mktemp("calm") / "shop")
    with shop.open() as workspace:
        for half in halves(parts):
            workspace.load(*half)
            workspace.resolve()
    return shop


def moments(seconds: float, salt: int) -> list[float]:
    """When to strike, in seconds from the start; the early ones first, so that they find work to do."""
    chance = Random(SEED + salt)  # noqa: S311 - no secret hangs on these
    return sorted(chance.uniform(0.0, 1.1) * seconds for _ in range(KILLS))


def test_kills_at_random_moments_lose_nothing_double_nothing_and_show_readers_nothing(parts, undisturbed, tmp_path):
    first, second = halves(parts)
    after = undisturbed.look()[0]
    shop = Shop.made(tmp_path / "shop")
    with Killer(shop.folder) as killer:
        loading = killer.run("load", *first)[1]
        resolving = killer.run("resolve")[1]
        before, begun = shop.look()[0], shop.events()
        assert begun == known(first)
        with Reader(shop) as reader:
            killed = strike_load(killer, shop, second, loading)
            assert shop.look() == (before, ())
            finish_load(killer, second)
            assert shop.events() == undisturbed.events() == known(first + second)
            killed += strike_resolve(killer, shop, resolving, (before, after))
            killer.run("resolve")
    assert killed >= KILLS, "most commands were through before they were killed: the moments are too late"
    assert shop.look() == (after, ())
    assert shop.ill() == []
    assert set().union(*reader.seen.values()) <= {before, after}
    assert all(len(states) == 1 for states in reader.seen.values())
    assert (reader.wrong, reader.journeys > 0) == ([], True)
    stay, ids, calm = before & after, shop.ids(), undisturbed.ids()
    assert {keys: ids[keys] for keys in stay} == {keys: calm[keys] for keys in stay}


def halves(parts: list[Path]) -> tuple[list[str], list[str]]:
    """The first files and the others."""
    names = [str(path) for path in parts]
    return names[: FILES // 2], names[FILES // 2 :]


def known(paths: list[str]) -> int:
    """How many different events some files hold."""
    lines = (json.loads(line) for path in paths for line in Path(path).read_text(encoding="utf-8").splitlines())
    return len({(one["source"], one["message_id"]) for one in lines})


def strike_load(killer: Killer, shop: Shop, files: list[str], seconds: float) -> int:
    """Kill a load again and again; how often it was killed. What the log holds only grows, up to what there is."""
    killed, held = 0, shop.events()
    most = held + known(files)
    for moment in moments(seconds, 1):
        killed += killer.kill(moment, "load", *files)
        now = shop.events()
        assert held <= now <= most
        held = now
    return killed


def finish_load(killer: Killer, files: list[str]) -> None:
    """The same load again completes it, and once more changes nothing."""
    received, accepted, duplicate, rejected = counts(killer.run("load", *files)[0])
    assert (received, rejected) == (accepted + duplicate, 0)
    assert counts(killer.run("load", *files)[0]) == (received, 0, received, 0)


def strike_resolve(killer: Killer, shop: Shop, seconds: float, states: tuple[Partition, Partition]) -> int:
    """Kill a run again and again; how often it was killed. Each time readers see one of two published states."""
    killed = 0
    for moment in moments(seconds, 2):
        killed += killer.kill(moment, "resolve")
        found, wrong = shop.look()
        assert found in states
        assert wrong == ()
    return killed
