"""Records of people and organisations compared, weighed and put together."""

from knotwork_resolvers.match.match import match
from knotwork_resolvers.match.matches import Lessons, Matches, MatchReport
from knotwork_resolvers.match.model import Model
from knotwork_resolvers.match.records import Records, Role, Values
from knotwork_resolvers.match.settings import MatchSettings

__all__ = ["Lessons", "MatchReport", "MatchSettings", "Matches", "Model", "Records", "Role", "Values", "match"]
