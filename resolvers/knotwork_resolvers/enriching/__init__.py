"""What a source would add to what is known, found out before anything of it is loaded."""

from knotwork_resolvers.enriching.trial import TraitTrial, Trial, trial

__all__ = ["TraitTrial", "Trial", "trial"]
