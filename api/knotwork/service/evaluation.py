"""How good the published customers are, where a truth is known."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from knotwork_graph.policy import Policy
    from knotwork_resolvers.evaluate import Evaluation
    from knotwork_resolvers.run import Home


def evaluation_of(home: Home, policy: Policy, truth: str | Path) -> Evaluation:
    """The agreement of the current run with the CSV or Parquet file ``truth``; figures only, so nothing to mask.

    Raises ``InputError`` for a file that is no truth, ``UnknownRunError`` where nothing is published.
    """
    from knotwork_resolvers.evaluate import evaluate

    return evaluate(home.store, policy, Path(truth), scratch=home.scratch)
