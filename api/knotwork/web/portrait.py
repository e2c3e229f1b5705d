"""The golden record as rows, and what to call a customer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from knotwork.web.formats import Formats
from knotwork_graph.model import CustomerView, IdentifierView, Status
from knotwork_resolvers.journeys.stitching import ANONYMOUS_TYPES
from knotwork_resolvers.profiles.profile import Consent, Profile
from knotwork_visualise.words import type_word

NAMES = ("name", "full_name")
PLACE = ("address", "street", "ward", "district", "city", "province", "postcode", "country")
ORDER = ("name", "given_name", "family_name", "birth_date", "gender", "company", "occupation", "language")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the golden record: what it is, its value, and a remark."""

    label: str
    value: str
    note: str = ""


def heading(view: CustomerView, texts: Mapping[str, str], language: str) -> str:
    """The customer's name, its strongest contact, what else it is known by, or words for who is anonymous."""
    for trait in NAMES:
        if view.profile.get(trait):
            return _plain(view.profile[trait])
    given = [_plain(view.profile[part]) for part in ("family_name", "given_name") if view.profile.get(part)]
    if given:
        return " ".join(given)
    contact = _first(view, "email") or _first(view, "phone") or _first(view, "user_id")
    return contact.value if contact else _known_by(view, language) or texts["customer_anonymous"]


def golden_record(
    view: CustomerView, known: Mapping[str, Any], texts: Mapping[str, str], formats: Formats
) -> tuple[Row, ...]:
    """Name, contacts, who and where, every other trait by name, then consent; each trait with who said so last.

    ``view`` is masked. ``known`` is the profile as it came: of it sources, times and consent are shown, never a value.
    """
    profile = view.profile
    named = ORDER[:1] if profile.get("name") else ORDER[1:3]  # a full name says its parts
    others = sorted(profile.keys() - {*PLACE, *ORDER})

    def told(traits: Iterable[str]) -> list[Row]:
        return [
            replace(_row(trait, profile, texts, formats), note=_said(trait, known, texts, formats))
            for trait in traits
            if profile.get(trait) not in (None, "")
        ]

    rows = told(named)
    rows += [_contact(view, kind, texts) for kind in ("email", "phone") if _first(view, kind)]
    rows += told(ORDER[3:])
    rows += [Row(texts["trait_address"], place) for place in [_place(profile)] if place]
    rows += told(others)
    if isinstance(known, Profile) and known.consent:
        rows.append(Row(texts["trait_consent"], ", ".join(_consent(known.consent, texts))))
    return tuple(rows)


def _said(trait: str, known: Mapping[str, Any], texts: Mapping[str, str], formats: Formats) -> str:
    """Which source said so last, and when."""
    found = known.traits.get(trait) if isinstance(known, Profile) else None
    return texts["said_by"].format(source=found.source, day=formats.day(found.at)) if found else ""


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


def _known_by(view: CustomerView, language: str) -> str:
    """The strongest identifier that names a person, an account or an order, behind its type."""
    for each in view.identifiers:
        if each.status is Status.LINKING and each.type not in ANONYMOUS_TYPES:
            return _capital(f"{type_word(each.type, language)} {each.value}")
    return ""


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _row(trait: str, profile: Mapping[str, Any], texts: Mapping[str, str], formats: Formats) -> Row:
    label = texts.get(f"trait_{trait}", _capital(trait.replace("_", " ")))
    value = _plain(profile[trait])
    if trait == "birth_date":
        return Row(label, formats.date(value))
    return Row(label, texts.get(f"gender_{value.lower()}", value) if trait == "gender" else value)


def _place(profile: Mapping[str, Any]) -> str:
    """The address line, or its parts from the street to the country."""
    if profile.get("address"):
        return _plain(profile["address"])
    return ", ".join(_plain(profile[part]) for part in PLACE[1:] if profile.get(part))


def _consent(consent: Mapping[str, Consent], texts: Mapping[str, str]) -> list[str]:
    words = {True: texts["consent_yes"], False: texts["consent_no"], None: texts["consent_unsaid"]}
    return [
        words[one.allowed].format(purpose=texts.get(f"purpose_{purpose}", purpose))
        for purpose, one in sorted(consent.items())
    ]


def _plain(value: Any) -> str:
    """A value of JSON on one line."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_plain(each)}" for name, each in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_plain, value))
    return str(value)
