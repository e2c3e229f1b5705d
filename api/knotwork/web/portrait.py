"""The golden record as rows, and what to call a customer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from knotwork.web.formats import Formats
from knotwork_graph.model import CustomerView, IdentifierView, Status

NAMES = ("name", "full_name")
PLACE = ("address", "street", "ward", "district", "city", "province", "postcode", "country")
ORDER = ("name", "given_name", "family_name", "birth_date", "gender", "company", "occupation", "language")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the golden record: what it is, its value, and a remark."""

    label: str
    value: str
    note: str = ""


def heading(view: CustomerView, texts: Mapping[str, str]) -> str:
    """The customer's name, its strongest contact, or words for somebody who has neither."""
    for trait in NAMES:
        if view.profile.get(trait):
            return _plain(view.profile[trait])
    given = [_plain(view.profile[part]) for part in ("family_name", "given_name") if view.profile.get(part)]
    if given:
        return " ".join(given)
    contact = _first(view, "email") or _first(view, "phone") or _first(view, "user_id")
    return contact.value if contact else texts["customer_anonymous"]


def golden_record(view: CustomerView, texts: Mapping[str, str], formats: Formats) -> tuple[Row, ...]:
    """Name, contacts, who and where, then every other trait by name."""
    profile = view.profile
    done = {*PLACE, "consent"}
    named = ORDER[:1] if profile.get("name") else ORDER[1:3]  # a full name says its parts
    rows = [_row(trait, profile, texts, formats) for trait in named if profile.get(trait)]
    rows += [_contact(view, kind, texts) for kind in ("email", "phone") if _first(view, kind)]
    rows += [_row(trait, profile, texts, formats) for trait in ORDER[3:] if profile.get(trait)]
    rows += [Row(texts["trait_address"], place) for place in [_place(profile)] if place]
    done |= set(ORDER)
    rows += [
        _row(trait, profile, texts, formats)
        for trait in sorted(profile.keys() - done)
        if profile[trait] not in (None, "")
    ]
    consent = profile.get("consent")
    if isinstance(consent, dict):
        rows.append(Row(texts["trait_consent"], ", ".join(_consent(consent, texts))))
    return tuple(rows)


def _contact(view: CustomerView, kind: str, texts: Mapping[str, str]) -> Row:
    found = [each for each in view.identifiers if each.type == kind and each.status is Status.LINKING]
    best = _first(view, kind)
    more = len(found) - 1
    note = texts["and_more"].format(count=more) if more > 0 else ""
    return Row(texts[f"trait_{kind}"], best.value if best else "", note)


def _first(view: CustomerView, kind: str) -> IdentifierView | None:
    """The linking identifier of a type that carried most events."""
    found = [each for each in view.identifiers if each.type == kind and each.status is Status.LINKING]
    return max(found, key=lambda each: each.events, default=None)


def _row(trait: str, profile: Mapping[str, Any], texts: Mapping[str, str], formats: Formats) -> Row:
    label = texts.get(f"trait_{trait}", trait.replace("_", " "))
    value = _plain(profile[trait])
    if trait == "birth_date":
        return Row(label, formats.date(value))
    return Row(label, texts.get(f"gender_{value.lower()}", value) if trait == "gender" else value)


def _place(profile: Mapping[str, Any]) -> str:
    """The address line, or its parts from the street to the country."""
    if profile.get("address"):
        return _plain(profile["address"])
    return ", ".join(_plain(profile[part]) for part in PLACE[1:] if profile.get(part))


def _consent(consent: Mapping[str, Any], texts: Mapping[str, str]) -> list[str]:
    return [f"{purpose}: {texts['yes' if given else 'no']}" for purpose, given in sorted(consent.items())]


def _plain(value: Any) -> str:
    """A value of JSON on one line."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_plain(each)}" for name, each in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_plain, value))
    return str(value)
