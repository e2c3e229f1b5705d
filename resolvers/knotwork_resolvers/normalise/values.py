"""From the raw values of one identifier type to normalised ones, each with its status and reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from knotwork_graph.policy import IdentifierRule, check_normaliser
from knotwork_resolvers.normalise.blocked import blocked_by, blocked_everywhere
from knotwork_resolvers.normalise.device import normalise_device
from knotwork_resolvers.normalise.draft import Draft, Mask, Strings, Verdicts, as_strings, overlaid
from knotwork_resolvers.normalise.email import normalise_email
from knotwork_resolvers.normalise.exact import normalise_exact
from knotwork_resolvers.normalise.loyalty_card import normalise_loyalty_card
from knotwork_resolvers.normalise.phone import normalise_phone
from knotwork_resolvers.normalise.text import normalise_text
from knotwork_resolvers.normalise.verdicts import INVALID, WORDS, Verdict

Normaliser = Callable[[Strings, IdentifierRule], Draft]

NORMALISERS: Mapping[str, Normaliser] = MappingProxyType(
    {
        "email": normalise_email,
        "phone": normalise_phone,
        "device": normalise_device,
        "loyalty_card": normalise_loyalty_card,
        "text": normalise_text,
        "exact": normalise_exact,
    }
)


@dataclass(frozen=True, slots=True)
class Normalised:
    """One row for each raw value, in their order.

    ``value`` (Arrow strings) is normalised, or the trimmed raw text of a value that links nothing; ``status`` is 0
    linking, 1 blocked, 2 invalid; ``reason`` (Arrow strings) is empty where linking, and never holds the value.
    """

    value: Strings
    status: NDArray[np.int8]
    reason: Strings


def normalise_values(rule: IdentifierRule, values: Any) -> Normalised:
    """What the rule makes of ``values``, an Arrow array of strings (nulls are taken for empty); O(characters).

    Raises ``PolicyError`` when the rule names a normaliser that is none, or an expression that RE2 cannot run.
    """
    normaliser = NORMALISERS[check_normaliser(rule.normaliser)]
    trimmed = pc.utf8_trim_whitespace(as_strings(values))
    before = blocked(rule, trimmed)
    draft = overlaid(Draft(trimmed, before), before == Verdict.LINKING, lambda some: usable(some, rule, normaliser))
    refused = draft.verdict != Verdict.LINKING
    value = pc.if_else(pa.array(refused), trimmed, draft.value)
    return Normalised(value, *in_words(draft.verdict))


def normalise_one(rule: IdentifierRule, text: str) -> tuple[str, int, str]:
    """Value, status and reason of one raw value, as ``normalise_values`` has them; about a millisecond.

    >>> normalise_one(IdentifierRule("email", normaliser="email"), " LAN@Example.com")
    ('lan@example.com', 0, '')
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode().strip(), INVALID, WORDS[Verdict.NOT_UNICODE][1]
    done = normalise_values(rule, pa.array([text], pa.string()))
    return done.value[0].as_py(), int(done.status[0]), done.reason[0].as_py()


def blocked(rule: IdentifierRule, values: Strings) -> Verdicts:
    """Why each of the values may not link, by what is blocked everywhere and by the rule's patterns."""
    verdict = blocked_everywhere(values)
    verdict[blocked_by(rule, values) & (verdict == Verdict.LINKING)] = Verdict.POLICY
    return verdict


def usable(values: Strings, rule: IdentifierRule, normaliser: Normaliser) -> Draft:
    """The normalised values, judged again where normalising changed them: it may have laid a blocked one bare."""
    draft = normaliser(values, rule)
    changed: Mask = pc.not_equal(values, draft.value).to_numpy(zero_copy_only=False)
    again = changed & (draft.verdict == Verdict.LINKING)
    return overlaid(draft, again, lambda some: Draft(some, blocked(rule, some)))


def in_words(verdict: Verdicts) -> tuple[NDArray[np.int8], Strings]:
    """The statuses and reasons that the verdicts stand for."""
    status = np.array([WORDS[one][0] for one in Verdict], np.int8)
    reasons = pa.array([WORDS[one][1] for one in Verdict], pa.string())
    return status[verdict], reasons.take(pa.array(verdict))
