"""The audit chain: who did and saw what, in rows that are never changed; each bears the hash of the one before."""

from knotwork_graph.audit.entry import KINDS, AuditRow, hash_of
from knotwork_graph.audit.trail import AuditTrail, Break, never

__all__ = ["KINDS", "AuditRow", "AuditTrail", "Break", "hash_of", "never"]
