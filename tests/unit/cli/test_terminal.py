"""How things look on a terminal and in a pipe."""

from __future__ import annotations

import io
import re
import sys
from functools import partial

import pytest

from knotwork.cli.terminal import counting, printable, progress, steps, table


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_table_on_a_terminal_is_no_wider_than_it(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(sys, "stdout", screen := Screen())
    table(("identifier", "status"), [("cookie:" + "x" * 100, "linking"), ("email:[bold]lan@example.com", "shared")])
    drawn = re.sub(r"\x1b\[[0-9;]*m", "", screen.getvalue())
    assert max(map(len, drawn.splitlines())) <= 80
    assert "[bold]" in drawn  # what looks like markup is a value like any other


def test_a_tight_table_folds_its_headings_between_words(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(sys, "stdout", screen := Screen())
    headers = ("cause", "identifiers", "merged customers", "wrong pairs", "split people", "missed pairs")
    table(headers, [("company_mailbox", 1_000, 0, 0, 0, 0)], numbers=headers[1:])
    drawn = re.sub(r"\x1b\[[0-9;]*m", "", screen.getvalue())
    assert {"identifiers", "customers", "company_mailbox"} <= set(drawn.split())
    assert max(map(len, drawn.splitlines())) <= 80


def test_a_table_in_a_pipe_is_separated_by_tabs(capsys):
    table(("a", "b"), [(1, "x\ty")])
    assert capsys.readouterr().out == "a\tb\n1\tx\\ty\n"


@pytest.mark.parametrize(
    ("bar", "moved", "shown"),
    [
        (partial(progress, "making"), (1, 2), "50%"),
        (partial(counting, "loading", "rows"), (1234,), "1,234 rows"),
        (partial(steps, "resolving"), ("read the graph",), "read the graph"),
    ],
)
def test_progress_is_for_terminals_only(bar, moved, shown, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    with bar(stream=io.StringIO()) as move:
        assert move is None
    with bar(stream=(screen := Screen())) as move:
        move(*moved)
    assert shown in screen.getvalue()


@pytest.mark.parametrize("text", ["Nguyễn Thị Lan", "Đặng", "đồng ₫", "👩🏽", "a b"])
def test_letters_of_all_languages_stay(text):
    assert printable(text) == text


@pytest.mark.parametrize("text", ["\x00", "\x1b[31m", "\r", "\u202e", "\u2028", "\x9b", "\u200b"])
def test_what_is_no_visible_character_is_escaped(text):
    assert printable(text).isprintable()
