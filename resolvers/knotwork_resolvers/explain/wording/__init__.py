"""Explanations as text that a steward understands: plain lines, 80 columns wide where identifiers are not longer."""

from knotwork_resolvers.explain.wording.neighbours import neighbours_text
from knotwork_resolvers.explain.wording.simulation import simulation_text
from knotwork_resolvers.explain.wording.why import why_text
from knotwork_resolvers.explain.wording.why_not import why_not_text

__all__ = ["neighbours_text", "simulation_text", "why_not_text", "why_text"]
