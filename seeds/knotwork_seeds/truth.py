"""What is really so: whose each event is, and whose each identifier was from when to when."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from knotwork_seeds.causes import all_named, bit, first_named
from knotwork_seeds.delivery import SOURCES, Log
from knotwork_seeds.dice import Ints
from knotwork_seeds.identifiers import Values, type_names
from knotwork_seeds.people import People
from knotwork_seeds.render import stamps
from knotwork_seeds.text import Text, beside, column, digits, fixed, hexes, taken

PERSONAL = bit("twins") | bit("namesake") | bit("moved_house")  # what befell the person rather than the identifier


def ids(numbers: Ints) -> Text:
    """The ids of people by their number in the population; empty for nobody (-1)."""
    width = max(6, len(str(int(numbers.max(initial=0)))))
    return pc.if_else(pa.array(numbers < 0), "", beside("p-", digits(np.maximum(numbers, 0), width)))


def of_events(log: Log, people: People) -> pa.Table:
    """source, message_id, person, cause: one row an event, however often delivered; several causes joined by `+`."""
    number = np.where(log.person >= 0, people.number[log.person], -1)
    return pa.table(
        {
            "source": taken(column(SOURCES), log.source),
            "message_id": fixed(hexes(log.message)),
            "person": ids(number),
            "cause": all_named(log.cause),
        }
    )


def of_identifiers(log: Log, people: People, values: Values) -> pa.Table:
    """type, value (normalised), person, from, to (both seen), cause: one row for each user of each identifier."""
    event, slot = np.nonzero(log.identifiers >= 0)
    value, person = values.value[log.identifiers[event, slot]], log.person[event]
    key = value * (len(people) + 1) + person + 1
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(np.diff(key[order], prepend=-1))
    time = log.time[event[order]]
    value, person = value[order][starts], person[order][starts]
    own = np.zeros(len(values.normal), dtype=np.int64)
    own[values.value] = values.cause
    befell = np.where(person >= 0, people.cause[person] & PERSONAL, 0)
    return pa.table(
        {
            "type": type_names(values.normal_type[value]).cast(pa.string()),
            "value": values.normal.take(pa.array(value)),
            "person": ids(np.where(person >= 0, people.number[person], -1)),
            "from": stamps(np.minimum.reduceat(time, starts), False, starts),
            "to": stamps(np.maximum.reduceat(time, starts), False, starts),
            "cause": first_named(own[value] | befell),
        }
    )


def of_people(people: People) -> pa.Table:
    """person, household, birth_date, cause: one row each."""
    first = people.number[0]
    days = pa.array(people.homes.birth.astype(np.int32)).cast(pa.date32())
    return pa.table(
        {
            "person": ids(people.number),
            "household": pc.binary_join_element_wise(
                "h", pc.utf8_slice_codeunits(ids(first + people.homes.head), 1), ""
            ),
            "birth_date": days.cast(pa.string()),
            "cause": all_named(people.cause),
        }
    )
