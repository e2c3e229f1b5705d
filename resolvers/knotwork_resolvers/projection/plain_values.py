"""Values of single events: the plain ones are normalised here in microseconds, all others by the rule's own vectors.

A vector call costs a millisecond before it has read its first value, which is nothing for a segment and too much for
one event. What is plain is told conservatively, by the very expressions of the normalisers: where there is the least
doubt, the vectors are asked, so the two roads never lead to different identifiers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from fnmatch import translate
from functools import cache
from types import MappingProxyType

import pyarrow as pa

from knotwork_graph.policy import HOME_REGION, IdentifierRule, Policy
from knotwork_graph.policy.patterns import EXPRESSION
from knotwork_resolvers.normalise import normalise_values
from knotwork_resolvers.normalise.blocked import PLACEHOLDERS, ZEROS
from knotwork_resolvers.normalise.device import BRACES, CONSTANTS
from knotwork_resolvers.normalise.email import ADDRESS, AROUND, LONGEST_LOCAL
from knotwork_resolvers.normalise.mailboxes import NOBODY
from knotwork_resolvers.normalise.phone import KEYBOARD, MOBILE_TODAY, REPEATED

Pair = tuple[str, str]
Named = tuple[str, int, str]
Plain = Callable[[str, IdentifierRule], str | None]

NEVER = "(?!)"
DIGITS_OF_MOBILE = 9
ANALYTICS = "ga"  # how a cookie of Google Analytics begins


def named(pairs: Iterable[Pair], policy: Policy) -> dict[Pair, Named]:
    """Normalised value, status and reason of each (type, raw value), exactly as ``normalise_values`` has them."""
    found: dict[Pair, Named] = {}
    raws: dict[str, dict[str, None]] = {}
    for kind, raw in pairs:
        raws.setdefault(kind, {})[raw] = None
    for kind, values in raws.items():
        rule = policy.rule(kind)
        quick = {raw: plain(rule, raw) for raw in values}
        found.update({(kind, raw): (value, 0, "") for raw, value in quick.items() if value is not None})
        found.update(_by_vectors(rule, kind, [raw for raw, value in quick.items() if value is None]))
    return found


def _by_vectors(rule: IdentifierRule, kind: str, values: list[str]) -> dict[Pair, Named]:
    if not values:
        return {}
    done = normalise_values(rule, pa.array(values, pa.string()))
    rows = zip(done.value.to_pylist(), done.status.tolist(), done.reason.to_pylist(), strict=True)
    return {(kind, raw): row for raw, row in zip(values, rows, strict=True)}


def plain(rule: IdentifierRule, raw: str) -> str | None:
    """The normalised form of a value that beyond doubt may link; None where the vectors must say."""
    if not PRINTED(raw) or _suspect(rule, raw):
        return None
    value = PLAIN[rule.normaliser](raw, rule) if rule.normaliser in PLAIN else None
    return None if not value or (value != raw and _suspect(rule, value)) else value


def _suspect(rule: IdentifierRule, value: str) -> bool:
    """Whether a value, which is not empty, may be blocked, everywhere or by the rule."""
    small = value.lower()
    zeros = value[0] in "0-" and ONLY_ZEROS(value)
    return bool(small in PLACEHOLDER or zeros or _blocked(rule.blocked)(small))


@cache
def _blocked(patterns: Collection[str]) -> Callable[[str], object]:
    """Finds a value in small letters that a glob matches, and every value where RE2 is needed to say."""
    if any(one.startswith(EXPRESSION) for one in patterns):
        return lambda value: value
    globs = "|".join(translate(one.lower()) for one in patterns)
    return re.compile(globs or NEVER).match


def _exact(value: str, _rule: IdentifierRule) -> str | None:
    return value


def _text(value: str, _rule: IdentifierRule) -> str | None:
    return value.lower()


def _email(value: str, rule: IdentifierRule) -> str | None:
    small = value.lower()
    odd = rule.provider_rules or len(small) > LONGEST_LOCAL or AROUND_ADDRESS(small) or NOBODYS(small)
    return small if not odd and IS_ADDRESS(small) else None


def _phone(value: str, rule: IdentifierRule) -> str | None:
    odd = rule.region != HOME_REGION or not IS_MOBILE(value) or IN_ROW(value) or ONE_DIGIT(value)
    return None if odd else "+84" + value[-DIGITS_OF_MOBILE:]


def _device(value: str, _rule: IdentifierRule) -> str | None:
    small = value.lower()
    odd = small.startswith(ANALYTICS) or set(BRACES) & set(small) or IS_CONSTANT(small)
    return None if odd else small


def _loyalty_card(value: str, rule: IdentifierRule) -> str | None:
    if rule.check_digit != "none":
        return None
    capitals = value.replace("-", "").upper()
    return capitals if any(map(str.isalnum, capitals)) else None


def _compiled(expression: str) -> re.Pattern[str]:
    """An expression of RE2 that Python understands alike, for values of printed ASCII."""
    return re.compile(expression.replace(r"\z", r"\Z"))


PLAIN: Mapping[str, Plain] = MappingProxyType(
    {
        "exact": _exact,
        "text": _text,
        "email": _email,
        "phone": _phone,
        "device": _device,
        "loyalty_card": _loyalty_card,
    }
)
PLACEHOLDER = frozenset(PLACEHOLDERS)
PRINTED = re.compile(r"[!-~]+").fullmatch
ONLY_ZEROS = _compiled(ZEROS).search
AROUND_ADDRESS = _compiled(AROUND).search
NOBODYS = _compiled(NOBODY).search
IS_ADDRESS = _compiled(ADDRESS).search
IS_MOBILE = _compiled(MOBILE_TODAY).search
IN_ROW = _compiled(KEYBOARD).search
ONE_DIGIT = _compiled(REPEATED).search
IS_CONSTANT = _compiled(CONSTANTS).search
