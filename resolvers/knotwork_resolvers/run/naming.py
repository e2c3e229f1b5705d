"""A short name of what a policy says, to see whether it has changed."""

from __future__ import annotations

import hashlib

from knotwork_graph.policy import Policy
from knotwork_resolvers.told_once import told_once


@told_once
def fingerprint(policy: Policy) -> str:
    """A short name of everything the policy says about resolution; equal policies have equal names."""
    rules = sorted((name, repr(rule)) for name, rule in policy.identifiers.items())
    said = (policy.conflict, policy.shared_events, policy.max_cluster_size, policy.half_life, policy.default, rules)
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]
