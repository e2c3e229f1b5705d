"""What the review desk is set to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class ReviewSettings:
    """What is looked at, how long a claim lasts, and which decisions wait for a second person.

    ``age``: a case that has waited so much longer counts twice as much; ``sample``: the share of automatic joins that
    is put before people for quality. A decision that changes more than ``customers`` customers or moves more than
    ``events`` events waits for a second person, and so do more than ``bulk`` at once; None never waits for that.
    """

    large_customer: int | None = 50
    claim: timedelta = timedelta(minutes=30)
    age: timedelta = timedelta(days=30)
    sample: float = 0.05
    customers: int | None = 10
    events: int | None = 1_000
    bulk: int | None = 20
    consent: bool = True
