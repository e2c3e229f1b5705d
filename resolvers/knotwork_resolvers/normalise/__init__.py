"""Raw values of identifiers in one form, or said to be blocked or invalid, with the reason."""

from knotwork_resolvers.normalise.mailboxes import mailbox_flags
from knotwork_resolvers.normalise.values import NORMALISERS, Normalised, normalise_one, normalise_values

__all__ = ["NORMALISERS", "Normalised", "mailbox_flags", "normalise_one", "normalise_values"]
