"""What is doubtful in the customers that readers see: found over everybody by arrays, or over what was touched."""

from knotwork_resolvers.review.finding.everything import found_in
from knotwork_resolvers.review.finding.scene import ReviewScene, scene_of

__all__ = ["ReviewScene", "found_in", "scene_of"]
