"""Segments: rules that name sets of customers, who is in them now, who was, and why."""

from knotwork_resolvers.segments.asking import Counted, Reason, Size, reasons, size_of
from knotwork_resolvers.segments.clock import moment_at
from knotwork_resolvers.segments.definitions import Definitions, file_of, read_definitions, write_definition
from knotwork_resolvers.segments.ground import Ground
from knotwork_resolvers.segments.members import Members
from knotwork_resolvers.segments.membership import Membership
from knotwork_resolvers.segments.names import Names
from knotwork_resolvers.segments.reading import segment_of
from knotwork_resolvers.segments.rules import Segment
from knotwork_resolvers.segments.stays import open_stays
from knotwork_resolvers.segments.writing import toml_of, tree_of

__all__ = [
    "Counted",
    "Definitions",
    "Ground",
    "Members",
    "Membership",
    "Names",
    "Reason",
    "Segment",
    "Size",
    "file_of",
    "moment_at",
    "open_stays",
    "read_definitions",
    "reasons",
    "segment_of",
    "size_of",
    "toml_of",
    "tree_of",
    "write_definition",
]
