"""The class of every field that GraphQL can show; a test refuses a field without one."""

from __future__ import annotations

from knotwork.access.roles import DataClass

_PUBLIC = {
    "Query": "customer customers overview",
    "Overview": "customers identifiers events sources runs identifiersByType clusterSizes lastRun newestEvent",
    "Run": "number state asOf started finished counts",
    "Count": "name count",
    "PageInfo": "hasNextPage hasPreviousPage startCursor endCursor",
    "CustomerConnection": "edges pageInfo",
}
_INTERNAL = {
    "CustomerEdge": "node cursor",
    "Customer": "id events firstSeen lastSeen redirectedFrom identifiers journey",
    "Identifier": "type status events firstSeen lastSeen",
    "JourneyEvent": "timestamp source channel session known consent",
}
_PERSONAL = {
    "Customer": "profile",
    "Identifier": "value key reason",
    "JourneyEvent": "event carrier reason identifiers traits properties messageId",
}


def _named(kind: DataClass, fields: dict[str, str]) -> dict[str, DataClass]:
    return {f"{owner}.{name}": kind for owner, names in fields.items() for name in names.split()}


FIELD_CLASSES = {
    **_named(DataClass.PUBLIC, _PUBLIC),
    **_named(DataClass.INTERNAL, _INTERNAL),
    **_named(DataClass.PERSONAL, _PERSONAL),
}
