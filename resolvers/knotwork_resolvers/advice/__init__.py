"""Advice about a policy from the data: what an identifier type would do, and limits that fit it."""

from knotwork_resolvers.advice.accounts import Accountlike, accountlike
from knotwork_resolvers.advice.advice import Advice, Degree, Spread, Suspect
from knotwork_resolvers.advice.check import advise
from knotwork_resolvers.advice.wording import policy_text

__all__ = ["Accountlike", "Advice", "Degree", "Spread", "Suspect", "accountlike", "advise", "policy_text"]
