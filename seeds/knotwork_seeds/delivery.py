"""All events of a chunk in one log, in the order in which they arrive."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from knotwork_seeds.causes import bit
from knotwork_seeds.chunk import Chunk
from knotwork_seeds.dice import Ints, Words
from knotwork_seeds.events import Batch, widened
from knotwork_seeds.identifiers import Values
from knotwork_seeds.mishaps import deliver_late, deliver_twice
from knotwork_seeds.text import Text, stacked

# source -> channel
CHANNELS = {
    "web": "web", "app": "app", "pos": "shop", "loyalty": "loyalty", "call_centre": "call_centre",
    "marketplace": "marketplace", "crm": "crm", "email": "email",
}  # fmt: skip
SOURCES = tuple(CHANNELS)


@dataclass(frozen=True, slots=True)
class Log:
    """One row an event, not yet in order; `order` holds the row of each delivery (a doubled one occurs twice).

    `time` is when it happened, `told` what the source's clock said, both in seconds since 1970 in UTC.
    """

    source: Ints
    message: Words
    time: Ints
    told: Ints
    event: Ints
    person: Ints
    identifiers: Ints
    vouched: Ints
    traits: Text
    properties: Text
    consent: Ints
    cause: Ints
    order: Ints


def deliver(chunk: Chunk, batches: list[Batch], values: Values) -> Log:
    """The log of the chunk's batches; what an event's identifiers stand for, and its way to us, become its causes."""
    dice, rates = chunk.dice.of("delivery"), chunk.population.rates
    source = np.repeat([SOURCES.index(part.source) for part in batches], [len(part) for part in batches])
    count = len(source)
    time, skew = _column(batches, "time"), _column(batches, "skew")
    delay = deliver_late(count, dice.of("late"), rates.late)
    twice = deliver_twice(count, dice.of("twice"), rates.duplicate)
    identifiers = _identifiers(batches)
    cause = _column(batches, "cause") | _causes(identifiers, values)
    cause |= np.where(skew != 0, bit("wrong_clock"), 0) | np.where(delay > 0, bit("late"), 0)
    cause[twice] |= bit("duplicate")
    arrival = np.concatenate([time + delay, (time + delay)[twice] + dice.of("again").below(twice, 7200)])
    order = np.concatenate([np.arange(count), twice])[np.argsort(arrival, kind="stable")]
    message = chunk.root.of("message").words(chunk.number * 2**32 + np.arange(count))
    return Log(
        source,
        message,
        time,
        time + skew,
        _column(batches, "event"),
        _column(batches, "person"),
        identifiers,
        _column(batches, "vouched"),
        _texts(batches, "traits"),
        _texts(batches, "properties"),
        _column(batches, "consent"),
        cause,
        order,
    )


def _column(batches: list[Batch], name: str) -> Ints:
    return np.concatenate([getattr(part, name) for part in batches])


def _texts(batches: list[Batch], name: str) -> Text:
    return stacked(*[getattr(part, name) for part in batches])


def _identifiers(batches: list[Batch]) -> Ints:
    width = max(part.identifiers.shape[1] for part in batches)
    return np.concatenate([widened(part.identifiers, width) for part in batches])


def _causes(identifiers: Ints, values: Values) -> Ints:
    found = np.where(identifiers >= 0, values.cause[identifiers], 0)
    return np.asarray(np.bitwise_or.reduce(found, axis=1))
