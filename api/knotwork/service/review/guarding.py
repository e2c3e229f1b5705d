"""What makes a decision risky, so that it waits for a second person; and who that may be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from knotwork.service.naming import plain
from knotwork_graph.counted import counted
from knotwork_graph.errors import SecondPersonError
from knotwork_graph.policy import ReviewSettings

if TYPE_CHECKING:
    from knotwork_resolvers.review.effects import Effect


def risks(effect: Effect, decisions: int, settings: ReviewSettings) -> tuple[str, ...]:
    """Why these decisions need a second person, in sentences; none where one is enough."""
    return tuple(_risks(effect, decisions, settings))


def _risks(effect: Effect, decisions: int, settings: ReviewSettings) -> Iterator[str]:
    if settings.bulk is not None and decisions > settings.bulk:
        yield f"it makes {decisions:,} decisions at once, more than {settings.bulk:,} (review.bulk)"
    if settings.customers is not None and effect.customers > settings.customers:
        yield f"it changes {counted(effect.customers, 'customer')}, more than {settings.customers:,} (review.customers)"
    if settings.events is not None and effect.events > settings.events:
        yield f"it moves {counted(effect.events, 'event')}, more than {settings.events:,} (review.events)"
    if settings.consent and effect.stricter:
        yield f"it makes consent stricter for {counted(len(effect.stricter), 'customer')} (review.consent)"


def second_person(first: str, second: str) -> None:
    """Refuse to let one person be both, however they write their name. Raises ``SecondPersonError``."""
    if plain(first) == plain(second):
        raise SecondPersonError(
            "whoever made a decision cannot approve it, whatever their role. Ask another person to look at it."
        )
