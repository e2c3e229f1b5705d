"""The whole population into a folder, chunk after chunk; nothing is kept between chunks, so memory does not grow."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from errno import ENOSPC
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from knotwork_graph.errors import DiskFullError, UsageError
from knotwork_seeds.population import Generated, Population

if TYPE_CHECKING:
    from knotwork_seeds.chunk import Chunk
    from knotwork_seeds.delivery import Log
    from knotwork_seeds.identifiers import Values
    from knotwork_seeds.people import People
    from knotwork_seeds.scene import Scene

TRUTHS = ("truth_events", "truth_identifiers", "truth_people")


def generate(
    folder: Path,
    population: Population,
    *,
    format: Literal["jsonl", "parquet"] = "jsonl",  # noqa: A002 - the word of the command line
    progress: Callable[[int, int], None] | None = None,
) -> Generated:
    """The account of what was written: events in parts, and the truth about events, identifiers and people.

    The same arguments give the same bytes. `progress` is told after each chunk: people done, people in all.
    About 1 M events in ten seconds on two cores; a few hundred megabytes of memory, whatever the size.
    Raises UsageError for another format or when the folder holds events already, DiskFullError when no room is left.
    """
    if format not in ("jsonl", "parquet"):
        raise UsageError(f"the format is {format!r}; give jsonl or parquet")
    parts = folder / "events"
    if parts.is_dir() and any(parts.iterdir()):
        raise UsageError(f"{parts} already holds events. Name a new folder, or remove this one first.")
    try:
        parts.mkdir(parents=True, exist_ok=True)
        return _write(folder, parts, population, format, progress)
    except OSError as error:
        if error.errno == ENOSPC:
            raise DiskFullError(
                f"no room left for the population in {folder}. Make room, remove the folder, run again."
            ) from error
        raise


def _write(
    folder: Path,
    parts: Path,
    population: Population,
    form: Literal["jsonl", "parquet"],
    progress: Callable[[int, int], None] | None,
) -> Generated:
    from knotwork_seeds import truth
    from knotwork_seeds.chunk import chunks_of
    from knotwork_seeds.write import Sheet, write_events

    ending = "csv" if form == "jsonl" else "parquet"
    files, events = [], 0
    with ExitStack() as stack:
        sheets = [stack.enter_context(Sheet(folder / f"{name}.{ending}", form)) for name in TRUTHS]
        for chunk in chunks_of(population):
            people, log, values = live(chunk)
            files.append(parts / f"part-{chunk.number:05d}.{form}")
            write_events(files[-1], log, values, form)
            rows = (truth.of_events(log, people), truth.of_identifiers(log, people, values), truth.of_people(people))
            for sheet, more in zip(sheets, rows, strict=True):
                sheet.add(more)
            events += len(log.order)
            if progress:
                progress(chunk.first + chunk.count, population.people)
    return Generated(population.people, events, (*files, *(sheet.path for sheet in sheets)))


def live(chunk: Chunk) -> tuple[People, Log, Values]:
    """The people of a chunk, all that they did, and the identifiers they did it with."""
    from knotwork_seeds import bots, browsing, devices, mishaps, service, shop
    from knotwork_seeds.delivery import deliver
    from knotwork_seeds.visits import visit

    dice, rates = chunk.dice, chunk.population.rates
    scene = stage(chunk)
    visits = visit(chunk, scene.people)
    machines = devices.provide(chunk, scene.people, visits, scene.shelf)
    clocks = mishaps.set_clocks_wrong(visits, dice.of("clocks"), rates.wrong_clock)
    browsed, ordered = browsing.browse(scene, visits, machines, clocks)
    till, bought = shop.buy_in_shops(scene)
    batches = [
        *browsed,
        service.sign_up(scene, machines),
        till,
        shop.keep_cards(scene, bought),
        shop.buy_on_marketplaces(scene),
        service.keep_contacts(scene),
        service.follow_up(scene, ordered),
        service.take_calls(scene, machines),
        service.read_mails(scene, machines),
        bots.crawl(scene, rates.bot),
    ]
    batches = mishaps.add_test_values(batches, scene.shelf, dice.of("qa"), rates.qa_constant)
    values = scene.shelf.table()
    return scene.people, deliver(chunk, batches, values), values


def stage(chunk: Chunk) -> Scene:
    """The people of a chunk with names, addresses and contacts, before they do anything."""
    from knotwork_seeds.contacts import connect
    from knotwork_seeds.failures import afflict
    from knotwork_seeds.households import settle
    from knotwork_seeds.identifiers import Shelf
    from knotwork_seeds.names import call
    from knotwork_seeds.people import populate
    from knotwork_seeds.profile import describe
    from knotwork_seeds.scene import Scene

    dice, shelf = chunk.dice, Shelf()
    homes = settle(dice.of("homes"), chunk.count, chunk.population.end)
    people = populate(dice.of("people"), homes, chunk.first, chunk.period)
    people = afflict(people, dice.of("failures"), chunk.population.rates, chunk.period)
    names = call(dice.of("names"), people.homes.origin, people.homes.gender, people.kin)
    return Scene(chunk, people, describe(chunk, people, names), connect(chunk, people, names, shelf), shelf)
