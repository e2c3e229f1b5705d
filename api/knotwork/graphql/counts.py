"""A name and its number."""

from __future__ import annotations

import strawberry


@strawberry.type(description="How many there are of one kind.")
class Count:
    """A name and its number."""

    name: str
    count: int
