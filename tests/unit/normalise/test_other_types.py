"""Devices, cards, texts and values that are taken as they are."""

from __future__ import annotations

from typing import Literal

import pyarrow as pa
import pytest

from knotwork_graph.errors import PolicyError
from knotwork_graph.policy import NORMALISERS as NAMES
from knotwork_graph.policy import IdentifierRule
from knotwork_resolvers.normalise import NORMALISERS, normalise_one, normalise_values


def rule(normaliser: str) -> IdentifierRule:
    return IdentifierRule("it", normaliser=normaliser)


@pytest.mark.parametrize(
    ("normaliser", "written", "value"),
    [
        ("device", "{AEBE52E7-03EE-455A-B3C4-E57283966239}", "aebe52e7-03ee-455a-b3c4-e57283966239"),
        ("device", "GA1.2.1234567890.1700000000", "1234567890.1700000000"),
        ("device", "GA1.2-3.1234567890.1700000000", "1234567890.1700000000"),
        ("device", "ÀB-1", "àb-1"),
        ("loyalty_card", " vn-12 34‑56 ", "VN123456"),
        ("loyalty_card", "１２ ３４", "1234"),
        ("text", "  Lan\t  ANH ", "lan anh"),
        ("text", "STRASSE", "strasse"),
        ("text", "Straße", "strasse"),
        ("text", "Nguye\u0302\u0303n", "nguyễn"),
        ("exact", "  C-81 ", "C-81"),
        ("exact", "\u3000A  b\u00a0", "A  b"),
    ],
)
def test_one_form(normaliser: str, written: str, value: str) -> None:
    assert normalise_one(rule(normaliser), written) == (value, 0, "")


@pytest.mark.parametrize(
    ("normaliser", "written", "status"),
    [
        ("device", "{00000000-0000-0000-0000-000000000000}", 1),
        ("device", "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", 1),
        ("device", "9774D56D682E549C", 1),
        ("device", "02:00:00:00:00:00", 1),
        ("loyalty_card", "0 0-0 0", 1),
        ("loyalty_card", "*#*", 2),
        ("text", "ｎｕｌｌ", 1),
        ("text", "not  null", 0),
    ],
)
def test_what_links_nothing(normaliser: str, written: str, status: int) -> None:
    value, said, _ = normalise_one(rule(normaliser), written)
    assert said == status
    assert value == written or status == 0


def test_the_policy_knows_the_names_of_all_normalisers() -> None:
    assert tuple(NORMALISERS) == NAMES


def test_an_unknown_normaliser_names_the_nearest() -> None:
    with pytest.raises(PolicyError, match="no normaliser 'emial'; did you mean \"email\""):
        normalise_one(rule("emial"), "x")


@pytest.mark.parametrize(
    ("kind", "card", "right"),
    [
        ("luhn", "4539 1488 0343 6467", True),
        ("luhn", "4539 1488 0343 6468", False),
        ("luhn", "4539 1488 0334 6467", False),
        ("luhn", "LC-79927398713", True),
        ("ean", "4006381333931", True),
        ("ean", "4006381333932", False),
        ("luhn", "ABC", False),
        ("luhn", "0", False),
    ],
)
def test_the_check_digit_of_a_card(kind: Literal["luhn", "ean"], card: str, right: bool) -> None:
    found = normalise_one(IdentifierRule("card", normaliser="loyalty_card", check_digit=kind), card)
    assert (found[1] == 0) is right


def test_cards_of_all_lengths_are_checked_alike_alone_and_together() -> None:
    checked = IdentifierRule("card", normaliser="loyalty_card", check_digit="luhn")
    cards = ["79927398713", "4539148803436467", "18", "17", "x"]
    assert normalise_values(checked, pa.array(cards)).status.tolist() == [
        normalise_one(checked, card)[1] for card in cards
    ]
