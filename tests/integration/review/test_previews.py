"""What a preview tells of many customers at once: all that it can, and in words what it leaves out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

import knotwork
from knotwork.service.review.values import Because
from knotwork_resolvers.review.effects.consequences import MOST
from tests.integration.review.desk_world import Clock, World, foretold, told

MAI = Because("a shop's tablet", "mai")
POLICY = """
[identifiers.device]
[identifiers.cookie]
[segments.many]
all = [{ identifier = "device" }]
[review]
customers = false
events = false
bulk = false
consent = false
"""


@pytest.fixture
def tablet(tmp_path):
    """One device on which more people than are asked for their segments have been seen; one of them refused mail."""
    world = World(tmp_path / "w", clock=Clock(real=True))
    (world.folder / "knotwork.toml").write_text(POLICY, encoding="utf-8")
    world.kw = knotwork.open(world.folder)
    moment = datetime.now(UTC) - timedelta(days=3)
    world.kw.collect(
        [
            {
                "source": "shop",
                "message_id": str(place),
                "timestamp": (moment + timedelta(minutes=place)).isoformat(),
                "identifiers": {"device": "tablet", "cookie": f"c-{place}"},
            }
            for place in range(MOST + 5)
        ]
    )
    for place, yes in ((1, True), (2, False)):
        world.see([f"cookie:c-{place}"], consent=yes)
    world.kw.resolve(full=True)
    yield world
    world.close()


def test_of_very_many_customers_consent_is_told_and_that_segments_are_not(tablet):
    review = tablet.kw.review
    number = review.decide("block", "device:tablet", None, MAI, now=True).record.number
    before, effect = tablet.seen(), review.preview_undo(number)
    assert effect.customers > MOST
    assert [purpose for _, purpose in effect.stricter] == ["marketing"]
    assert f"more than {MOST}" in effect.untold
    review.undo(number, MAI, now=True)
    result = told(before, tablet.seen(), {})
    assert result["stricter"], "who refused mail is one with who did not"
    assert result["entered"], "which the preview could not tell"
    unasked = {"entered": [], "left": []}
    assert foretold(effect) == result | unasked


def test_of_few_customers_nothing_is_left_out(tablet):
    effect = tablet.kw.review.preview("cannot-link", "cookie:c-1", "cookie:c-2")
    assert effect.created
    assert effect.untold == ""
