"""Facts: the append-only log of events, and the rows that were refused.

Nothing here is ever changed in place: a segment is written once, a dead letter is kept until it is replayed. What is
erased goes with the file that held it.
"""

from knotwork_graph.facts.dead_letters import DeadLetter, DeadLetterFile, read_dead_letters
from knotwork_graph.facts.disk import disk_errors
from knotwork_graph.facts.erasing import Erasure
from knotwork_graph.facts.inbox import Row, micros_of, unpacked
from knotwork_graph.facts.log import FactLog
from knotwork_graph.facts.schema import BODY, EVENT_COLUMNS, scan
from knotwork_graph.facts.segment import Segment

__all__ = [
    "BODY",
    "EVENT_COLUMNS",
    "DeadLetter",
    "DeadLetterFile",
    "Erasure",
    "FactLog",
    "Row",
    "Segment",
    "disk_errors",
    "micros_of",
    "read_dead_letters",
    "scan",
    "unpacked",
]
