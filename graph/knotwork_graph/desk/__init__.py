"""The review desk: cases, who works on them, what was said of them, and decisions that wait for a second person."""

from knotwork_graph.desk.case import Case, CaseKind, CaseState, Finding, Note, Opinion, Waiting, case_key
from knotwork_graph.desk.desk import Desk, became, whose

__all__ = [
    "Case",
    "CaseKind",
    "CaseState",
    "Desk",
    "Finding",
    "Note",
    "Opinion",
    "Waiting",
    "became",
    "case_key",
    "whose",
]
