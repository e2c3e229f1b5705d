"""Roles, classes of data, and how much of a class a role sees."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What the holder of a token may do."""

    VIEWER = "viewer"
    ANALYST = "analyst"
    STEWARD = "steward"
    COLLECTOR = "collector"
    ADMIN = "admin"


class DataClass(StrEnum):
    """How much harm a value does in the wrong hands."""

    PUBLIC = "public"
    INTERNAL = "internal"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"


class Sight(StrEnum):
    """How a value is shown."""

    CLEAR = "clear"
    MASKED = "masked"
    ABSENT = "absent"


_CLASSES = (DataClass.PUBLIC, DataClass.INTERNAL, DataClass.PERSONAL, DataClass.SENSITIVE)
_MATRIX = {
    Role.VIEWER: (Sight.CLEAR, Sight.ABSENT, Sight.ABSENT, Sight.ABSENT),
    Role.ANALYST: (Sight.CLEAR, Sight.CLEAR, Sight.MASKED, Sight.ABSENT),
    Role.STEWARD: (Sight.CLEAR, Sight.CLEAR, Sight.MASKED, Sight.ABSENT),
    Role.COLLECTOR: (Sight.ABSENT, Sight.ABSENT, Sight.ABSENT, Sight.ABSENT),
    Role.ADMIN: (Sight.CLEAR, Sight.CLEAR, Sight.MASKED, Sight.ABSENT),
}


_UNMASKED = {Sight.MASKED: Sight.CLEAR, Sight.ABSENT: Sight.MASKED}


def sight(role: Role, kind: DataClass, *, clear: bool = False) -> Sight:
    """How ``role`` sees values of ``kind``; ``clear`` for what was unmasked, one step better where people are seen.

    >>> sight(Role.ANALYST, DataClass.PERSONAL), sight(Role.STEWARD, DataClass.PERSONAL, clear=True)
    (<Sight.MASKED: 'masked'>, <Sight.CLEAR: 'clear'>)
    """
    plain = _MATRIX[role][_CLASSES.index(kind)]
    return _UNMASKED.get(plain, plain) if clear and sees_customers(role) else plain


def decides(role: Role) -> bool:
    """Whether the role may decide on identifiers, and take decisions back."""
    return role in (Role.STEWARD, Role.ADMIN)


def sees_sums(role: Role) -> bool:
    """Whether the role sees figures at all; a collector only sends."""
    return sight(role, DataClass.PUBLIC) is not Sight.ABSENT


def sees_customers(role: Role) -> bool:
    """Whether the role sees single customers at all; a viewer sees sums only, and a collector nothing."""
    return sight(role, DataClass.INTERNAL) is not Sight.ABSENT


def unmasks(role: Role) -> bool:
    """Whether the role may see one record in clear, for a reason that is kept."""
    return role is Role.STEWARD


def sends(role: Role) -> bool:
    """Whether the role may send events."""
    return role in (Role.COLLECTOR, Role.ADMIN)


def administers(role: Role) -> bool:
    """Whether the role may make runs, choose which one readers see, and see the policy."""
    return role is Role.ADMIN
