"""The nightly job: everything is resolved beside what readers see, judged by gates, then published or held."""

from knotwork_resolvers.nightly.alone import alone
from knotwork_resolvers.nightly.between import Difference, between_runs
from knotwork_resolvers.nightly.gates import GATES
from knotwork_resolvers.nightly.recompute import Wanted, recompute
from knotwork_resolvers.nightly.report import Report
from knotwork_resolvers.nightly.shelf import Shelf
from knotwork_resolvers.nightly.verdict import Verdict

__all__ = [
    "GATES",
    "Difference",
    "Report",
    "Shelf",
    "Verdict",
    "Wanted",
    "alone",
    "between_runs",
    "recompute",
]
