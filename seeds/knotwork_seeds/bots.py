"""Bots: many pages a minute under one cookie, from a few network addresses that they share; nobody's events."""

from __future__ import annotations

import numpy as np

from knotwork_seeds import catalogue, events
from knotwork_seeds.causes import bit
from knotwork_seeds.devices import cookies
from knotwork_seeds.events import Batch, batch
from knotwork_seeds.scene import Scene
from knotwork_seeds.seasons import NIGHTLY
from knotwork_seeds.text import column, taken
from knotwork_seeds.visits import moments

AGENTS = ("python-requests/2.32", "Scrapy/2.11", "HeadlessChrome/126.0", "curl/8.5")
FEWEST, MORE = 120, 200  # pages of one bot


def crawl(scene: Scene, rate: float) -> Batch:
    """The bots of the chunk, so many for each person; a page a second or faster."""
    dice = scene.chunk.dice.of("bots")
    bots = np.flatnonzero(dice.happens(np.arange(len(scene.people)), rate))
    pages = FEWEST + dice.of("pages").below(bots, MORE)
    start, _ = moments(scene.chunk, dice, bots, np.full(len(bots), scene.chunk.period.start), NIGHTLY)
    bot = np.repeat(np.arange(len(bots)), pages)
    place = np.arange(len(bot)) - np.repeat(np.cumsum(pages) - pages, pages)
    placed = scene.shelf.put("cookie", cookies(dice.of("cookies"), bots), cause=bit("bot"))
    draw = dice.of("product").below(bots[bot] * 512 + place, catalogue.PRODUCTS)
    kind = np.where(place % 7 == 0, events.VIEWED, events.PRODUCT)
    where = np.where(place % 7 == 0, catalogue.page(draw), catalogue.product(draw))
    traits = taken(
        column([f'{{"ip":"192.0.2.{7 + n}","user_agent":"{agent}"}}' for n, agent in enumerate(AGENTS)]), bots % 4
    )
    return batch(
        "web",
        np.full(len(bot), -1, dtype=np.int64),
        start[bot] + place // 2,
        kind,
        [placed.at(bot)],
        properties=taken(catalogue.properties(), where),
        traits=traits.take(bot),
    )
