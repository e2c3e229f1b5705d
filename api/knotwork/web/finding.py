"""Finding a customer by what a person typed: an id, a key, or a bare value whose type must be guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from knotwork.service.views import Explorer
from knotwork_graph.errors import UnknownCustomerError
from knotwork_graph.model import Heirs, customer_number

PHONE = re.compile(r"\+?[\d\s().-]{7,20}")
LONGEST = 300
TYPE = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Found:
    """What a search led to: customer ids (an old id that was split gives its heirs), without doubles, in order."""

    customers: tuple[str, ...]
    heirs_of: str = ""


def find(explorer: Explorer, text: str) -> Found:
    """The customers that ``text`` names; at most one look-up for each identifier type of the workspace."""
    typed = text.strip()
    if not typed or len(typed) > LONGEST:
        return Found(())
    if customer_number(typed) is not None:
        return _ask(explorer, typed)
    found: dict[str, None] = {}
    for key in _keys(typed, explorer.overview().identifiers_by_type):
        found |= dict.fromkeys(_ask(explorer, key).customers)
    return Found(tuple(found))


def _keys(typed: str, types: Iterable[str]) -> list[str]:
    """The keys that the text can mean, likeliest first."""
    known = list(types)
    kind, colon, value = typed.partition(":")
    if colon and value and kind.lower() in {each.lower() for each in known}:
        return [f"{kind.lower()}:{value.strip()}"]
    likely = "email" if "@" in typed else "phone" if PHONE.fullmatch(typed) else ""
    if likely == "email" and "email" in known:
        return [f"email:{typed}", *(f"{each}:{typed}" for each in known if each not in ("email", "phone"))]
    ordered = sorted(known, key=lambda each: each != likely)
    keys = [f"{each}:{typed}" for each in ordered]
    return [typed, *keys] if colon and TYPE.fullmatch(kind) and value else keys


def _ask(explorer: Explorer, key: str) -> Found:
    """One look-up. A value that its type does not allow names nobody."""
    try:
        answer = explorer.browsing.customer(key, figures=False)  # who it is, and nothing of what they did
    except (UnknownCustomerError, ValueError):
        return Found(())
    if isinstance(answer, Heirs):
        return Found(answer.customers, heirs_of=answer.asked)
    return Found((answer.id,))
