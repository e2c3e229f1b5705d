"""Sentences of the review desk, in which the keys of a case may stand."""

from __future__ import annotations

from dataclasses import dataclass

from knotwork.access.masks import Mask
from knotwork.access.roles import Sight


@dataclass(frozen=True, slots=True)
class Words:
    """Masks sentences in which any of ``keys`` may stand."""

    mask: Mask
    keys: tuple[str, ...]

    def told(self, text: str) -> str:
        """The sentence with every key in it masked, the longest first, and what else looks like a person."""
        if self.mask.personal is Sight.CLEAR:
            return text
        for key in sorted(self.keys, key=len, reverse=True):
            text = text.replace(key, self.mask.key(key))
        return self.mask.text(text)
