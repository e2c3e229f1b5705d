"""The review desk for people: the queue, cards, previews, decisions, the second person, and what came of it all."""

from knotwork.service.review.review import ReviewService

__all__ = ["ReviewService"]
