"""Stays: who is in which segment, since when and by which run, and who was."""

from knotwork_graph.stays.folders import DUE, LEFT, OPEN, SINCE, StayFolders
from knotwork_graph.stays.since import Stay, StaysSince, Upto

__all__ = ["DUE", "LEFT", "OPEN", "SINCE", "Stay", "StayFolders", "StaysSince", "Upto"]
