"""Identifiers and pairs of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """What an identifier may do: link, or be seen only."""

    LINKING = "linking"
    SHARED = "shared"
    BLOCKED = "blocked"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True, order=True)
class Identifier:
    """One identifier: its type and its normalised value."""

    type: str
    value: str

    @property
    def key(self) -> str:
        """``type:value``, the form in which people and programs name it.

        >>> Identifier("email", "lan@example.com").key
        'email:lan@example.com'
        """
        return f"{self.type}:{self.value}"

    @classmethod
    def parse(cls, key: str) -> Identifier:
        """The identifier that ``key`` names; the first colon ends the type. Raises ``ValueError`` without one.

        >>> Identifier.parse("cookie:a:b")
        Identifier(type='cookie', value='a:b')
        """
        kind, colon, value = key.partition(":")
        if not (kind and colon and value):
            raise ValueError(f"{key!r} is no identifier: write it as type:value, for example email:lan@example.com")
        return cls(kind, value)


@dataclass(frozen=True, slots=True, order=True)
class Pair:
    """Two different identifier keys, smaller first: an edge has no direction.

    >>> Pair("b:1", "a:1")
    Pair(a='a:1', b='b:1')
    """

    a: str
    b: str

    def __post_init__(self) -> None:
        if self.a == self.b:
            raise ValueError(f"an edge needs two identifiers, and {self.a!r} is one")
        if self.a > self.b:
            smaller, larger = self.b, self.a
            object.__setattr__(self, "a", smaller)
            object.__setattr__(self, "b", larger)
