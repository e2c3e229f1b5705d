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
    Role.STEWARD: (Sight.CLEAR, Sight.CLEAR, Sight.CLEAR, Sight.MASKED),
    Role.COLLECTOR: (Sight.ABSENT, Sight.ABSENT, Sight.ABSENT, Sight.ABSENT),
    Role.ADMIN: (Sight.CLEAR, Sight.CLEAR, Sight.MASKED, Sight.ABSENT),
}


def sight(role: Role, kind: DataClass) -> Sight:
    """How ``role`` sees values of ``kind``.

    >>> sight(Role.ANALYST, DataClass.PERSONAL)
    <Sight.MASKED: 'masked'>
    """
    return _MATRIX[role][_CLASSES.index(kind)]


def decides(role: Role) -> bool:
    """Whether the role may decide on identifiers, and take decisions back."""
    return role in (Role.STEWARD, Role.ADMIN)


def sees_customers(role: Role) -> bool:
    """Whether the role sees single customers at all; a viewer sees sums only, and a collector nothing."""
    return sight(role, DataClass.INTERNAL) is not Sight.ABSENT
