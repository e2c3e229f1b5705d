"""The policy: what it can say, and reading and checking the file that says it."""

from knotwork_graph.policy.rules import (
    NO_PRIORITY,
    TRAIT,
    Conflict,
    IdentifierRule,
    Matching,
    Policy,
    SharedEvents,
)

__all__ = ["NO_PRIORITY", "TRAIT", "Conflict", "IdentifierRule", "Matching", "Policy", "SharedEvents"]
