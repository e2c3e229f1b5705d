"""What stewards answer to proposals teaches matching: its weights change, and the evidence of other pairs says so."""

from __future__ import annotations

import pytest

from knotwork.service.review.values import Because
from tests.integration.matching.conftest import cards, opened

__all__ = ["opened"]
NO = Because(code="family", by="mai")


def weights(workspace):
    """The weights of each trait, as the report tells them."""
    return {one["trait"]: one for one in workspace.match_report().weights}


def test_answers_at_the_desk_change_the_weights_and_taking_them_back_gives_them_back(opened):
    workspace = opened(cards())
    first = workspace.match()
    pairs = [one.finding.about for one in workspace.review.queue(100, kind="merge").cases]
    assert len(pairs) > 20
    left_alone = pairs[-1]
    before, told = weights(workspace), workspace.match_explain(*left_alone).evidence
    for case in workspace.review.queue(15, kind="merge").cases:
        workspace.review.answer(case.number, "reject", NO)
    assert {one.same for one in workspace.review.labels()} == {False}
    second = workspace.match()
    after, evidence = weights(workspace), workspace.match_explain(*left_alone).evidence
    assert second.model != first.model
    assert after != before
    assert evidence.total < told.total, "who so often were two are less likely one"
    assert evidence.total == pytest.approx(
        evidence.prior + sum(one.weight for one in evidence.steps) + evidence.household
    )
    for one in workspace.decisions():
        workspace.undo(one.number, reason="a lesson taken back")
    workspace.resolve()
    third = workspace.match()
    assert (third.model, weights(workspace)) == (first.model, before)
