"""What became of each event of a batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from knotwork_graph.model import LoadReport


class Fate(StrEnum):
    """Whether an event was new, was known already, or was refused."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one event: ``event_id`` in the log (0 where it is refused or was erased), ``reason`` of the
    refusal.

    ``place`` is its place among those given, from 1.
    """

    place: int
    fate: Fate
    event_id: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Collected:
    """A batch that was collected: the count, each event's outcome in their order, and what is to be projected.

    ``rows``: the accepted ones, durable by now, as mappings of ``EVENT_COLUMNS``, by id.
    """

    report: LoadReport
    outcomes: tuple[Outcome, ...]
    rows: Sequence[Mapping[str, Any]]


def report_of(
    outcomes: Sequence[Outcome],
    kinds: Counter[str],
    dead_letters: str,
    unnamed: Collection[str],
) -> LoadReport:
    """The count of the outcomes as a load would give it; ``kinds`` counts refusals by the reason to count under."""
    fates = Counter(outcome.fate for outcome in outcomes)
    notes = (f"identifier type `{kind}` is not in the policy; it links with the defaults" for kind in sorted(unnamed))
    return LoadReport(
        received=len(outcomes),
        accepted=fates[Fate.ACCEPTED],
        duplicate=fates[Fate.DUPLICATE],
        rejected=fates[Fate.REJECTED],
        dead_letters=dead_letters,
        reasons=dict(kinds.most_common()),
        notes=tuple(notes),
    )
