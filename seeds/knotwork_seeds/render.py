"""Deliveries as text: JSON lines, or the columns of the Parquet form."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa

from knotwork_seeds.chunk import HOME_HOURS
from knotwork_seeds.delivery import CHANNELS, SOURCES, Log
from knotwork_seeds.dice import Ints
from knotwork_seeds.events import CONSENTS, EVENTS, ZULU_SOURCES
from knotwork_seeds.identifiers import TYPES, Values
from knotwork_seeds.text import Bytes, Text, column, digits, fixed, hexes, joined, literal, stacked, taken

ALONE, FIRST, MIDDLE, LAST = range(4)  # where a value stands among those of its type on one event


@dataclass(frozen=True, slots=True)
class Found:
    """The identifiers of events in a row: each one's row in the table, its place among its type, where events begin."""

    row: Ints
    place: Ints
    offset: Ints


def found(identifiers: Ints, values: Values) -> Found:
    """The identifiers of events, event after event; values of one type stand side by side."""
    there = identifiers >= 0
    row = identifiers[there]
    offset = np.concatenate([[0], np.cumsum(there.sum(axis=1))])
    event = np.repeat(np.arange(len(identifiers)), np.diff(offset))
    run = event * len(TYPES) + values.type[row]
    same = np.concatenate([[False], run[1:] == run[:-1], [False]])
    place = np.select([same[:-1] & same[1:], same[:-1], same[1:]], [MIDDLE, LAST, FIRST], ALONE)
    return Found(row, place, offset)


def fragments(values: Values) -> Text:
    """JSON of every value in each of its four places, place after place."""
    key = taken(column([f'"{kind}":' for kind in TYPES]), values.type)
    quoted = joined('"', values.text, '"')
    return stacked(joined(key, quoted), joined(key, "[", quoted), quoted, joined(quoted, "]"))


def stamps(seconds: Ints, zulu: bool, message: Ints) -> Text:
    """Moments as a source writes them: UTC with milliseconds, or the hour of Viet Nam with its offset."""
    local = seconds if zulu else seconds + HOME_HOURS * 3600
    day, second = local // 86_400, local % 86_400
    dates = _dates(int(day.min()), int(day.max()))[day - day.min()] if len(day) else np.zeros((0, 10), dtype=np.uint8)
    parts = [dates, literal("T", len(day)), _times()[second]]
    tail = (
        [literal(".", len(day)), digits(message % 1000, 3), literal("Z", len(day))]
        if zulu
        else [literal("+07:00", len(day))]
    )
    return fixed(np.hstack(parts + tail))


def _dates(first: int, last: int) -> Bytes:
    days = np.datetime_as_string(np.arange(first, last + 1).astype("datetime64[D]")).astype("S10")
    return days.view(np.uint8).reshape(len(days), 10)


@lru_cache(maxsize=1)
def _times() -> Bytes:
    second, colon = np.arange(86_400), literal(":", 86_400)
    return np.hstack([digits(second // 3600, 2), colon, digits(second // 60 % 60, 2), colon, digits(second % 60, 2)])


def times(log: Log, rows: Ints) -> Text:
    """The timestamp of each delivery, in the manner of its source."""
    zulu = np.isin(log.source[rows], [SOURCES.index(name) for name in ZULU_SOURCES])
    message = (log.message[rows] >> np.uint64(1)).astype(np.int64)
    order = np.empty(len(rows), dtype=np.int64)
    order[np.concatenate([np.flatnonzero(zulu), np.flatnonzero(~zulu)])] = np.arange(len(rows))
    told = log.told[rows]
    return taken(stacked(stamps(told[zulu], True, message[zulu]), stamps(told[~zulu], False, message[~zulu])), order)


def vouched(sets: Ints) -> Text:
    """The types of each set as a JSON list, absent where there is none."""
    distinct, where = np.unique(sets, return_inverse=True)
    lists = ["[" + ",".join(f'"{kind}"' for kind in members(int(types))) + "]" if types else None for types in distinct]
    return pa.array(lists, pa.string()).take(pa.array(where))


def members(types: int) -> list[str]:
    """The names of the types in a set."""
    return [kind for place, kind in enumerate(TYPES) if types >> place & 1]


def lines(log: Log, rows: Ints, values: Values, pieces: Text) -> Text:
    """One line of JSON for each delivery of these rows, with its line feed; `pieces` are the `fragments`."""
    inside = found(log.identifiers[rows], values)
    listed = pa.ListArray.from_arrays(
        pa.array(inside.offset.astype(np.int32)), taken(pieces, inside.place * len(values.text) + inside.row)
    )
    identifiers = pa.compute.binary_join(listed, ",")
    source, event = log.source[rows], log.event[rows]
    return joined(
        taken(column([f'{{"source":"{name}","message_id":"' for name in SOURCES]), source),
        fixed(hexes(log.message[rows])),
        '","timestamp":"',
        times(log, rows),
        '"',
        taken(_middles(), source * len(EVENTS) + event),
        identifiers,
        "}",
        _told("vouched", vouched(log.vouched[rows])),
        _told("traits", taken(log.traits, rows)),
        _told("properties", taken(log.properties, rows)),
        _told("consent", taken(column(CONSENTS), log.consent[rows])),
        "}\n",
    )


def _middles() -> Text:
    return column(
        [
            f',"channel":"{channel}","event":"{event}","identifiers":{{'
            for channel in CHANNELS.values()
            for event in EVENTS
        ]
    )


def _told(key: str, json: Text) -> Text:
    """The key with its JSON; absent where the JSON is."""
    return pa.compute.binary_join_element_wise(f',"{key}":', json, "")


def table(log: Log, rows: Ints, values: Values) -> pa.Table:
    """The deliveries of these rows in the columns of the Parquet form."""
    source = log.source[rows]
    columns = {
        "source": taken(column(SOURCES), source),
        "message_id": fixed(hexes(log.message[rows])),
        "timestamp": times(log, rows),
        "channel": taken(column(list(CHANNELS.values())), source),
        "event": taken(column(EVENTS), log.event[rows]),
        "identifiers": _map(found(log.identifiers[rows], values), values),
        "vouched": _vouched_lists(log.vouched[rows]),
        "traits": taken(log.traits, rows),
        "properties": taken(log.properties, rows),
        "consent": taken(column(CONSENTS), log.consent[rows]),
    }
    return pa.table(columns)


def _map(inside: Found, values: Values) -> pa.MapArray:
    begins = np.flatnonzero((inside.place == ALONE) | (inside.place == FIRST))
    lists = pa.ListArray.from_arrays(
        pa.array(np.append(begins, len(inside.row)).astype(np.int32)), taken(values.text, inside.row)
    )
    entries = np.searchsorted(begins, inside.offset).astype(np.int32)
    return pa.MapArray.from_arrays(pa.array(entries), taken(column(TYPES), values.type[inside.row[begins]]), lists)


def _vouched_lists(sets: Ints) -> pa.ListArray:
    distinct, where = np.unique(sets, return_inverse=True)
    lists = [members(int(types)) or None for types in distinct]
    return pa.array(lists, pa.list_(pa.string())).take(pa.array(where))
