"""One chunk of the population: which people, which days, and its own random numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from knotwork_seeds.dice import Dice
from knotwork_seeds.households import EPOCH
from knotwork_seeds.period import Period
from knotwork_seeds.population import Population

CHUNK_PEOPLE = 10_000  # about half a million events: some hundred megabytes at a time, whatever the population
HOME_HOURS = 7  # Viet Nam is seven hours ahead of UTC all the year


@dataclass(frozen=True, slots=True)
class Chunk:
    """The chunk of this number; what happens in it depends on the seed, the number, the period and the rates alone."""

    population: Population
    number: int
    first: int
    count: int

    @property
    def root(self) -> Dice:
        """The random numbers of the whole population: for what must be unique, or the same, across chunks."""
        return Dice(self.population.seed)

    @property
    def dice(self) -> Dice:
        """The random numbers of this chunk."""
        return self.root.of("chunk", self.number)

    @property
    def period(self) -> Period:
        """The days of the population."""
        stop = self.population.end + timedelta(days=1)
        return Period((months_before(stop, self.population.months) - EPOCH).days, (stop - EPOCH).days)

    @property
    def seconds(self) -> tuple[int, int]:
        """The first second of the period and the one after the last, in UTC since 1970."""
        period = self.period
        return tuple((day * 24 - HOME_HOURS) * 3600 for day in (period.start, period.stop))  # type: ignore[return-value]  # two of them


def chunks_of(population: Population, people: int = CHUNK_PEOPLE) -> list[Chunk]:
    """The chunks of so many people that make up the population; the last one may hold fewer."""
    starts = range(0, population.people, people)
    return [Chunk(population, n, first, min(people, population.people - first)) for n, first in enumerate(starts)]


def months_before(day: date, months: int) -> date:
    """The day so many months before, or the last day of that month where it has no such day."""
    total = day.year * 12 + day.month - 1 - months
    year, month = divmod(total, 12)
    after = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return min(after - timedelta(days=1), date(year, month + 1, 1) + timedelta(days=day.day - 1))
