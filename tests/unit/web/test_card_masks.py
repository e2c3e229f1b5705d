"""A card shows no role more than its mask lets through."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from knotwork.access.masks import Mask
from knotwork.access.roles import Role
from knotwork.service.review.masking import masked_card
from knotwork.service.review.values import Card, Choice, Compared, Side
from knotwork_graph.desk import Case, CaseKind, CaseState, Finding, Note
from knotwork_resolvers.explain.answers import Link, Neighbours
from knotwork_resolvers.review.effects import Effect, Handed
from knotwork_resolvers.review.split import Severing, SplitProposal

AT = datetime(2026, 3, 1, tzinfo=UTC)
EMAIL, PHONE = "email:nguyenlan@gmail.com", "phone:+84901234567"
PRIVATE = ("nguyenlan@", "901234567", "Nguyễn Thị Lan", "1990-05-06", "called her")


@pytest.fixture
def card():
    """A card that names a person wherever it can."""
    finding = Finding(CaseKind.CONFLICT, (EMAIL, PHONE), "resolver", ("max_per_customer",), 0.5, f"{EMAIL} | {PHONE}")
    case = Case(1, finding, CaseState.OPEN, AT, AT, 1)
    effect = Effect(handed=(Handed("", "cus_0000000001", (EMAIL, PHONE)),), contradicts=f"{EMAIL} is another's")
    split = SplitProposal(((EMAIL,), (PHONE,)), (Severing(EMAIL, PHONE, 1, 0, AT, AT),), "bridge", 1.0, 0.5, "words")
    traits = (Compared("name", ("Nguyễn Thị Lan",)), Compared("birth_date", (), ("1990-05-06",), ("1990-05-06",)))
    sides = (Side("cus_0000000001", (EMAIL,)), Side("", (PHONE,)))
    notes = (Note(AT, "mai", "comment", "called her"),)
    link = Link(EMAIL, PHONE, 1, 0, AT, AT, ("crm",), 1.0)
    seen, choices = Neighbours(EMAIL, (link,)), (Choice("accept", "x", effect),)
    return Card(case, "r", sides, traits, None, None, (), choices, split, (case,), notes, seen)


@pytest.mark.parametrize("role", [Role.ANALYST, Role.STEWARD, Role.ADMIN])
def test_who_sees_masks_sees_nobody(card, role):
    shown = repr(masked_card(card, Mask(role)))
    assert [private for private in PRIVATE if private in shown] == []
    assert "cus_0000000001" in shown


def test_who_was_let_see_sees_all(card):
    assert masked_card(card, Mask(Role.STEWARD, clear=True)) == card
