"""The policy: what it can say, and reading and checking the file that says it."""

from knotwork_graph.policy.declared import NAMED, SETTINGS, Setting
from knotwork_graph.policy.nearest import nearest, suggestion
from knotwork_graph.policy.normalisers import NORMALISERS, check_normaliser
from knotwork_graph.policy.profile_rules import (
    ProfileRules,
    Signal,
    SourceRule,
    Stages,
    Survivorship,
    TraitRule,
    Wanted,
)
from knotwork_graph.policy.reading import policy_in, read_policy
from knotwork_graph.policy.recommended import DEFAULT_POLICY
from knotwork_graph.policy.review_rules import ReviewSettings
from knotwork_graph.policy.rules import (
    HOME_REGION,
    NO_PRIORITY,
    TRAIT,
    Conflict,
    IdentifierRule,
    Matching,
    Policy,
    SharedEvents,
)
from knotwork_graph.policy.settings import (
    AccessSettings,
    GateSettings,
    GraphSettings,
    NightlySettings,
    ServeSettings,
    Settings,
    WorkspaceSettings,
)

__all__ = [
    "DEFAULT_POLICY",
    "HOME_REGION",
    "NAMED",
    "NORMALISERS",
    "NO_PRIORITY",
    "SETTINGS",
    "TRAIT",
    "AccessSettings",
    "Conflict",
    "GateSettings",
    "GraphSettings",
    "IdentifierRule",
    "Matching",
    "NightlySettings",
    "Policy",
    "ProfileRules",
    "ReviewSettings",
    "ServeSettings",
    "Setting",
    "Settings",
    "SharedEvents",
    "Signal",
    "SourceRule",
    "Stages",
    "Survivorship",
    "TraitRule",
    "Wanted",
    "WorkspaceSettings",
    "check_normaliser",
    "nearest",
    "policy_in",
    "read_policy",
    "suggestion",
]
