"""Why an event is a customer's, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from knotwork_resolvers.ownership.reasons import REASONS

KEYS = {sentence: f"why_{reason.name.lower()}" for reason, sentence in REASONS.items()}


def why(reason: str, texts: Mapping[str, str]) -> str:
    """The reader's words for a reason that ownership gives; any other text as it is."""
    key = KEYS.get(reason, "")
    return texts.get(key, reason)
