"""What a batch of events is: one source's rows, in columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from knotwork_seeds.dice import Ints
from knotwork_seeds.text import Text, stacked

EVENTS = (
    "Page Viewed", "Product Viewed", "Product Added", "Checkout Started", "Order Completed", "Signed In",
    "Products Searched", "Application Opened", "Signed Up", "Contact Updated", "Card Issued", "Points Earned",
    "Call Received", "Order Returned", "Order Delivered", "Email Opened", "Email Clicked", "Message Sent",
)  # fmt: skip
VIEWED, PRODUCT, ADDED, CHECKOUT, ORDERED, SIGNED_IN, SEARCHED, OPENED, SIGNED_UP = range(9)
CONTACT, CARD_ISSUED, POINTS, CALLED, RETURNED, DELIVERED, MAIL_OPENED, MAIL_CLICKED, MESSAGE = range(9, 18)
CONSENTS = (
    '{"analytics":true,"marketing":true}', '{"analytics":true,"marketing":false}',
    '{"analytics":false,"marketing":false}',
)  # fmt: skip
ZULU_SOURCES = ("web", "app", "email")  # their clocks write UTC; the others write the hour of Viet Nam


@dataclass(frozen=True, slots=True)
class Batch:
    """Events of one source. `person` is -1 for nobody's; `time` and `skew` (of a wrong clock) in seconds.

    `identifiers` has a row for each event: row numbers of the table of values, -1 for none, those of one type together.
    `vouched` is a set of types, one bit each; `traits` and `properties` hold JSON or nothing; `consent` -1 is untold.
    """

    source: str
    person: Ints
    time: Ints
    skew: Ints
    event: Ints
    identifiers: Ints
    vouched: Ints
    traits: Text
    properties: Text
    consent: Ints
    cause: Ints

    def __len__(self) -> int:
        """How many events."""
        return len(self.person)


def batch(source: str, person: Ints, time: Ints, event: Ints | int, identifiers: list[Ints], **more: object) -> Batch:
    """A batch whose unsaid columns are empty; `identifiers` are columns in the order of their types."""
    rows = len(person)
    zero = np.zeros(rows, dtype=np.int64)
    columns: dict[str, object] = {
        "skew": zero,
        "vouched": zero,
        "cause": zero,
        "consent": zero - 1,
        "traits": pa.nulls(rows, pa.string()),
        "properties": pa.nulls(rows, pa.string()),
    }
    matrix = np.stack(identifiers, axis=1)
    return Batch(source=source, person=person, time=time, event=zero + event, identifiers=matrix, **(columns | more))  # type: ignore[arg-type]  # the columns by name


@dataclass(frozen=True, slots=True)
class Orders:
    """Orders whose consequences other sources see: who, when, and the order number's row in the table of values."""

    person: Ints
    time: Ints
    number: Ints


def together(batches: list[Batch]) -> Batch:
    """Batches of one source as one; each must have as many columns of identifiers as the widest, which is made so."""
    width = max(part.identifiers.shape[1] for part in batches)
    numbers = {
        name: np.concatenate([getattr(part, name) for part in batches])
        for name in ("person", "time", "skew", "event", "vouched", "consent", "cause")
    }
    texts = {name: stacked(*[getattr(part, name) for part in batches]) for name in ("traits", "properties")}
    return Batch(
        source=batches[0].source,
        identifiers=np.concatenate([widened(p.identifiers, width) for p in batches]),
        **numbers,
        **texts,
    )


def picked(whole: Batch, rows: Ints, source: str) -> Batch:
    """These rows of a batch, as those of this source."""
    names = ("person", "time", "skew", "event", "identifiers", "vouched", "consent", "cause")
    parts = {name: getattr(whole, name)[rows] for name in names}
    return Batch(source=source, traits=whole.traits.take(rows), properties=whole.properties.take(rows), **parts)


def widened(identifiers: Ints, width: int) -> Ints:
    """The matrix with empty columns on the right, up to this width."""
    return np.pad(identifiers, ((0, 0), (0, width - identifiers.shape[1])), constant_values=-1)
