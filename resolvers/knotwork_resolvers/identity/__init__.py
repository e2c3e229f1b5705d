"""Resolution: from edges to customers, one step of the rules in each module."""

from knotwork_resolvers.identity.partition import components, judge, partition
from knotwork_resolvers.identity.resolution import (
    NOBODY,
    ChangeCode,
    Changes,
    Circumstances,
    Judged,
    Partition,
    Previous,
    Redirect,
    Resolution,
    Severed,
    Shared,
    StatusCode,
)
from knotwork_resolvers.identity.resolve import resolve

__all__ = [
    "NOBODY",
    "ChangeCode",
    "Changes",
    "Circumstances",
    "Judged",
    "Partition",
    "Previous",
    "Redirect",
    "Resolution",
    "Severed",
    "Shared",
    "StatusCode",
    "components",
    "judge",
    "partition",
    "resolve",
]
