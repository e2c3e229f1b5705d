from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from knotwork_graph.model import JourneyEvent
from knotwork_visualise import timeline, timeline_svg
from knotwork_visualise.charts.axis import MOST, ticks

START = datetime(2026, 3, 1, 9, tzinfo=UTC)


def event(
    minutes: int,
    channel: str = "web",
    *,
    session: int = 1,
    known: bool = False,
    name: str = "Page Viewed",
    keys: str = "a",
) -> JourneyEvent:
    carried = tuple(f"cookie:{key}" for key in keys)
    when = START + timedelta(minutes=minutes)
    return JourneyEvent(when, "s", f"m{minutes}", channel, name, session, carried[0], "", known, carried)


def test_no_events_give_no_lanes_and_a_text() -> None:
    assert timeline(()).lanes == ()
    assert "No events" in timeline_svg(timeline(()))


def test_lanes_stand_by_their_number_of_events() -> None:
    made = timeline([event(0, "app"), event(1), event(2), event(3, "shop")], UTC)
    assert [lane.channel for lane in made.lanes] == ["web", "app", "shop"]


def test_session_over_two_channels_gives_a_bar_in_each() -> None:
    made = timeline([event(0), event(4), event(6, "app")], UTC)
    assert [(lane.channel, bar.events) for lane in made.lanes for bar in lane.bars] == [("web", 2), ("app", 1)]


def test_login_within_a_session_parts_it_into_light_and_dark() -> None:
    made = timeline([event(0), event(2), event(4, known=True, name="Signed In"), event(6, known=True)], UTC)
    assert [(bar.known, bar.events) for bar in made.lanes[0].bars] == [(False, 2), (True, 2)]
    assert [(stitch.event, stitch.sessions) for stitch in made.stitches] == [("Signed In", 1)]


def test_each_later_stitch_counts_its_own_anonymous_sessions() -> None:
    sessions = [(0, False), (60, False), (120, True), (180, False), (240, True)]
    events = [event(minutes, session=number, known=known) for number, (minutes, known) in enumerate(sessions, 1)]
    assert [stitch.sessions for stitch in timeline(events, UTC).stitches] == [2, 1]


def test_known_event_stitches_only_sessions_that_share_an_identifier_with_it() -> None:
    events = [
        event(0, session=1, keys="a"),
        event(60, session=2, keys="b"),
        event(120, session=3, keys="c", known=True),
    ]
    assert timeline(events, UTC).stitches == ()
    login = event(180, session=4, keys="xb", known=True, name="Signed In")
    assert [(found.event, found.sessions) for found in timeline([*events, login], UTC).stitches] == [("Signed In", 1)]


def test_customer_known_from_the_start_has_no_stitch() -> None:
    assert timeline([event(0, known=True), event(9, known=True)], UTC).stitches == ()


@pytest.mark.parametrize("name", ["Order Completed", "order_completed", "Purchase"])
def test_order_is_a_dot(name: str) -> None:
    assert [dot.event for dot in timeline([event(0, name=name)], UTC).lanes[0].orders] == [name]


def test_returned_order_is_no_order() -> None:
    assert timeline([event(0, name="Order Returned")], UTC).lanes[0].orders == ()


@pytest.mark.parametrize("days", [0.01, 1, 5, 30, 200, 800, 9000])
def test_axis_has_few_ticks_all_within_it(days: float) -> None:
    found, _ = ticks(START, START + timedelta(days=days))
    assert len(found) <= MOST + 2
    assert all(START <= tick <= START + timedelta(days=days) for tick in found)


def test_hostile_names_are_escaped() -> None:
    text = "</svg><script>alert(1)</script>"
    made = timeline_svg(timeline([event(0, text), event(1, text, known=True, name=text)], UTC))
    assert "<script" not in made
    assert made.count("</svg>") == 1


def test_moments_are_those_of_the_zone_in_the_language() -> None:
    events = [event(0), event(5, known=True, name="Signed In")]
    assert "1 Mar 2026 09:05 · Signed In: 1 earlier session joined" in timeline_svg(timeline(events, UTC))
    assert "1/3/2026 09:05 · Signed In: nối được 1 phiên trước đó" in timeline_svg(timeline(events, UTC), "vi")
