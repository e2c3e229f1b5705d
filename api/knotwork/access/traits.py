"""The class and the mask of each trait and property that we know. One that nobody named is personal, to be safe."""

from __future__ import annotations

from collections.abc import Callable

from knotwork.access.patterns import mask_address, mask_date, mask_email, mask_name, mask_phone, mask_text

HIDDEN = "***"

# traits that say where or what somebody is, not who
CLEAR_TRAITS = frozenset({
    "gender", "language", "country", "province", "city", "district", "ward", "company", "occupation", "consent",
    "known", "active", "channels", "currency", "customer_since", "tier", "loyalty_tier", "points", "level",
    "segment", "quality",
})  # fmt: skip
CLEAR_PROPERTIES = frozenset({
    "revenue", "currency", "total", "value", "tax", "shipping", "discount", "coupon", "quantity", "price",
    "product", "product_id", "product_name", "sku", "category", "brand", "products", "variant", "position",
    "campaign", "medium", "source", "term", "content", "utm_source", "utm_medium", "utm_campaign", "utm_term",
    "utm_content", "channel", "store", "shop", "till", "branch", "status", "reason", "payment_method", "items",
    "pieces", "item", "points", "duration", "seconds", "query", "results", "direction", "topic", "outcome",
    "platform", "os", "browser", "app_version", "carrier", "size", "colour",
})  # fmt: skip


def _hide(_: str) -> str:
    return HIDDEN


MASKS: dict[str, Callable[[str], str]] = {
    "name": mask_name,
    "full_name": mask_name,
    "given_name": mask_name,
    "first_name": mask_name,
    "family_name": mask_name,
    "last_name": mask_name,
    "middle_name": mask_name,
    "birth_date": mask_date,
    "address": mask_address,
    "street": _hide,
    "email": mask_email,
    "phone": mask_phone,
    "masked_phone": mask_phone,
    "url": mask_text,
    "path": mask_text,
    "page": mask_text,
    "title": mask_text,
    "referrer": mask_text,
}


def mask_of(name: str, clear: frozenset[str]) -> Callable[[str], str]:
    """How a text called ``name`` is masked; names in ``clear`` lose only what looks like an e-mail or a phone."""
    if name in clear:
        return mask_text
    return MASKS.get(name, _hide)
