"""Whole-population analyses: one question, one answer with its tables, and the customers behind every number."""

from knotwork_resolvers.analyses.attribution import Attribution
from knotwork_resolvers.analyses.funnel_question import Funnel
from knotwork_resolvers.analyses.given_paths import GivenPath, attribution_of
from knotwork_resolvers.analyses.kinds import KINDS, Answer, Kind, ask, kind_of, people_behind
from knotwork_resolvers.analyses.log import EventLog
from knotwork_resolvers.analyses.pair import Pair
from knotwork_resolvers.analyses.population import Population, population_in, population_of
from knotwork_resolvers.analyses.scope import Scope
from knotwork_resolvers.analyses.table import Form, Table
from knotwork_resolvers.analyses.wording import said, table_csv, table_text

__all__ = [
    "KINDS",
    "Answer",
    "Attribution",
    "EventLog",
    "Form",
    "Funnel",
    "GivenPath",
    "Kind",
    "Pair",
    "Population",
    "Scope",
    "Table",
    "ask",
    "attribution_of",
    "kind_of",
    "people_behind",
    "population_in",
    "population_of",
    "said",
    "table_csv",
    "table_text",
]
