"""Advice on the policy for people: masked unless they may see personal values, with the text to paste."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from knotwork_graph.model import to_micros

if TYPE_CHECKING:
    from knotwork_graph.policy import Policy
    from knotwork_resolvers.advice import Advice
    from knotwork_resolvers.run import Home


@dataclass(frozen=True, slots=True)
class PolicyAdvice:
    """What the data say about one identifier type, fit to be shown, and ``text``, the section to paste."""

    advice: Advice
    text: str


def policy_advice(
    home: Home,
    policy: Policy,
    types: Sequence[str],
    shown: Callable[[str, str], str],
    tell: Callable[[str], None] | None = None,
) -> tuple[PolicyAdvice, ...]:
    """Advice on each of ``types``, or on all there are; publishes nothing.

    ``shown`` gives what may be seen of a value, from its type and itself. The graph is brought up to the facts first,
    so hold the workspace's lock. Raises ``UsageError`` for a type that no event has shown.
    """
    from knotwork_resolvers.advice import advise
    from knotwork_resolvers.identity import Circumstances
    from knotwork_resolvers.run.catch_up import catch_up

    if tell is not None:
        tell("bring the graph up to the facts")
    catch_up(home, policy)
    graph = home.store.graph()
    now = Circumstances(to_micros(datetime.now(UTC)), (), home.store.trait_counts(graph.identifiers.ids))
    return tuple(fit_to_show(one, shown) for one in advise(graph, policy, now, types, tell))


def fit_to_show(advice: Advice, shown: Callable[[str, str], str]) -> PolicyAdvice:
    """The advice with its values as ``shown`` gives them; where that hides any, no new pattern quotes one either."""
    from knotwork_resolvers.advice import policy_text

    suspects = tuple(replace(one, value=shown(advice.type, one.value)) for one in advice.suspects)
    clear = suspects == advice.suspects
    suggested = advice.suggested if clear else replace(advice.suggested, blocked=advice.rule.blocked)
    return PolicyAdvice(replace(advice, suspects=suspects, suggested=suggested), policy_text(advice, values=clear))
