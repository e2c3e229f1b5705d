"""How a journey looks on a terminal."""

from __future__ import annotations

from datetime import UTC, datetime

from knotwork.cli.show.journey import show_sessions
from knotwork_graph.model import JourneyEvent


def seen(minute: int, session: int, reason: str, *, carrier: str = "cookie:c-1", known: bool = True) -> JourneyEvent:
    when = datetime(2026, 3, 1, 12, minute, tzinfo=UTC)
    return JourneyEvent(when, "web", str(minute), "web", "Page Viewed", session, carrier, reason, known)


def test_a_session_says_its_reason_once_and_marks_what_was_stitched(capsys):
    show_sessions([seen(0, 1, "its own", known=False), seen(5, 1, "its own")], 80)
    _, _, head, first, second = capsys.readouterr().out.splitlines()
    assert head == "2026-03-01  session 1, its own"
    assert first == "  ○ 12:00  web          Page Viewed  cookie:c-1"
    assert second == "  ● 12:05  web          Page Viewed  cookie:c-1"


def test_reasons_that_differ_stand_below_each_event(capsys):
    show_sessions([seen(0, 1, "its own"), seen(5, 1, "identified in this session")], 80)
    lines = capsys.readouterr().out.splitlines()
    assert [line.strip() for line in lines if line.startswith("     ")] == ["its own", "identified in this session"]


def test_no_line_is_wider_than_the_terminal(capsys):
    show_sessions(
        [seen(0, 1, "why " * 40), seen(5, 1, "its own", carrier="device:" + "x" * 99), seen(9, 2, "y" * 99)], 60
    )
    lines = capsys.readouterr().out.splitlines()[1:]
    assert max(map(len, lines)) == 60


def test_what_could_forge_a_line_is_escaped(capsys):
    show_sessions([seen(0, 1, "a\nb\x1b[2J", carrier="cookie:\x1b[31m")], 80)
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert len(out.splitlines()) == 4
