"""Webhooks: the change feed sent to receivers, signed, in order, at least once."""

from knotwork.service.webhooks.service import Listed, WebhookService

__all__ = ["Listed", "WebhookService"]
