"""The files of a generation, open: its events by customer, by place, and by the identifiers that they bear."""

from knotwork_resolvers.opened.base import Base, Bearing, whole
from knotwork_resolvers.opened.generation import OpenGeneration
from knotwork_resolvers.opened.sorted_file import SortedFile

__all__ = ["Base", "Bearing", "OpenGeneration", "SortedFile", "whole"]
