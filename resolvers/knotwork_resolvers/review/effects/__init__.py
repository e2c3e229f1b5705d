"""What a decision would do: the very run that would obey it, with nothing written."""

from knotwork_resolvers.review.effects.effect import Effect, Handed, Led
from knotwork_resolvers.review.effects.preview import Proposed, preview
from knotwork_resolvers.review.effects.revision import revision_of

__all__ = ["Effect", "Handed", "Led", "Proposed", "preview", "revision_of"]
