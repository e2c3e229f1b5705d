"""Runs: bring the graph up to the facts, resolve, and let readers see the result as one switch."""

from knotwork_resolvers.home import Home
from knotwork_resolvers.run.report import ResolveReport
from knotwork_resolvers.run.resolve_run import resolve_collected, resolve_run

__all__ = ["Home", "ResolveReport", "resolve_collected", "resolve_run"]
