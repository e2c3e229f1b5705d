"""How well customers agree with a known truth, and what went wrong where they do not."""

from knotwork_resolvers.evaluate.agreement import bcubed, contingency, pairwise
from knotwork_resolvers.evaluate.evaluate import evaluate
from knotwork_resolvers.evaluate.evaluation import CauseFigures, Coverage, Evaluation, Pairs, Reach, Score

__all__ = [
    "CauseFigures",
    "Coverage",
    "Evaluation",
    "Pairs",
    "Reach",
    "Score",
    "bcubed",
    "contingency",
    "evaluate",
    "pairwise",
]
