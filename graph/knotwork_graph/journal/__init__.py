"""The journal of decisions: an append-only file that outlives every store."""

from knotwork_graph.journal.journal import Journal
from knotwork_graph.journal.levelling import bring_level, copy_to_store, first_difference, level_at
from knotwork_graph.journal.lines import line_of, record_of

__all__ = ["Journal", "bring_level", "copy_to_store", "first_difference", "level_at", "line_of", "record_of"]
