"""The fixtures of the review desk."""

from __future__ import annotations

from tests.integration.review.small_desk import world

__all__ = ["world"]
