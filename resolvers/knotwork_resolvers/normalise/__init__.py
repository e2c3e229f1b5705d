"""Raw values of identifiers in one form, or said to be blocked or invalid, with the reason."""

from knotwork_resolvers.normalise.values import NORMALISERS, Normalised, normalise_one, normalise_values

__all__ = ["NORMALISERS", "Normalised", "normalise_one", "normalise_values"]
