"""The class of every field that GraphQL can show; a test refuses a field without one."""

from __future__ import annotations

from knotwork.access.roles import DataClass

_PUBLIC = {
    "Query": "customer customers decisions history overview simulate why whyNot changes",
    "Mutation": "decide undoDecision",
    "Overview": "customers identifiers events sources runs identifiersByType clusterSizes lastRun newestEvent",
    "Run": "number state asOf started finished counts",
    "Count": "name count",
    "PageInfo": "hasNextPage hasPreviousPage startCursor endCursor",
    "DecisionConnection": "edges pageInfo",
    "CustomerConnection": "edges pageInfo",
}
_INTERNAL = {
    "CustomerEdge": "node cursor",
    "Customer": "id events firstSeen lastSeen redirectedFrom identifiers journey knownAt run",
    "Identifier": "type status events firstSeen lastSeen",
    "JourneyEvent": "timestamp source channel session known consent",
    "Why": "a b together run moment identifiers links paths leftOut",
    "WhyNot": "a b together run moment between steps otherwise collisions leftOut",
    "Asked": "customer status",
    "StewardsWord": "number kind by at",
    "SampleEvent": "source timestamp",
    "Link": "count vouched firstSeen lastSeen sources weight bridge decided samples said",
    "Path": "links weakest",
    "Obstacle": "kind rule link sample said",
    "Remedy": "kind setting value enough",
    "Step": "obstacle remedies",
    "Collision": "setting limit held",
    "Simulation": "moment before after unchanged merged split both adjusted dissolved appeared moved released taken"
    " idsRetired idsNew churn effects allEffects reread",
    "Effect": "kind identifiers customersBefore customersAfter before after",
    "EffectCustomer": "id identifiers new",
    "Period": "since until customer status run change cause",
    "IdentifierHistory": "periods",
    "Handed": "customer identifiers",
    "Turn": "at run held gained lost changes causes",
    "Led": "since until heirs",
    "CustomerHistory": "id turns led leftOut",
    "DecisionEdge": "node cursor",
    "Decision": "number kind by at undoes undoneBy",
    "Applied": "clientMutationId decision fresh remarks",
    "Contradiction": "clientMutationId message first",
    "Changes": "entries cursor more",
    "Change": "cursor kind run at cause customer other",
}
_PERSONAL = {
    "Customer": "profile",
    "Identifier": "value key reason",
    "JourneyEvent": "event carrier reason identifiers traits properties messageId",
    "Why": "cutIdentifiers cutLinks notes text",
    "WhyNot": "notes text",
    "Asked": "asked key reason",
    "StewardsWord": "reason",
    "SampleEvent": "messageId event",
    "Link": "a b",
    "Path": "identifiers",
    "Obstacle": "identifiers reason collided",
    "Remedy": "words",
    "Collision": "values",
    "Simulation": "notes warnings text",
    "Effect": "examples",
    "EffectCustomer": "key",
    "Period": "reason",
    "IdentifierHistory": "key",
    "Handed": "keys",
    "Decision": "a b reason comment",
    "Change": "identifiers",
}


def _named(kind: DataClass, fields: dict[str, str]) -> dict[str, DataClass]:
    return {f"{owner}.{name}": kind for owner, names in fields.items() for name in names.split()}


FIELD_CLASSES = {
    **_named(DataClass.PUBLIC, _PUBLIC),
    **_named(DataClass.INTERNAL, _INTERNAL),
    **_named(DataClass.PERSONAL, _PERSONAL),
}
