"""Names that a question speaks of, checked against those that the log has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from knotwork_graph.errors import UsageError
from knotwork_graph.policy import suggestion
from knotwork_resolvers.analyses.log import EventLog

MOST_NAMED = 12


def known_events(log: EventLog, asked: Iterable[str]) -> None:
    """Refuse an event that no customer has; raises ``UsageError`` with the nearest name. Silent on an empty log."""
    for name in dict.fromkeys(asked) if log.events else ():
        if name not in log.events:
            raise UsageError(f"no event is called {name!r}; {suggestion_among(name, log.events)}")


def suggestion_among(name: str, known: Sequence[str]) -> str:
    """The end of a sentence: the nearest known name, or some of them where none is near."""
    said = suggestion(name, known)
    if said.startswith("known are") and len(known) > MOST_NAMED:
        return suggestion(name, known[:MOST_NAMED]) + f" and {len(known) - MOST_NAMED} more"
    return said


def why_empty(log: EventLog) -> tuple[str, ...]:
    """A word why there is nothing to count, or nothing where there is something."""
    if log.row(f"SELECT count(*) FROM (SELECT 1 FROM {log.looked_at} LIMIT 1)")[0]:
        return ()
    if not log.population.version:
        return ("nothing is resolved yet: run `knotwork resolve`",)
    if not log.events:
        return ("no event belongs to a customer yet: load some, then run `knotwork resolve`",)
    return ("none of the customers asked for has an event in the time asked for",)
