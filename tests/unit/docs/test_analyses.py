"""Every kind of question and every option of it is described in docs/analyses.md, and no other is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

from knotwork.cli.commands.analysing import COMMON, KIND_NAMES, Kinds, analyse_group
from knotwork_resolvers.analyses import KINDS

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "analyses.md").read_text(encoding="utf-8")
SHAPED = {"--hide", "--collapse", "--top", "--by-session", "--gap"}


def options(kind: str) -> set[str]:
    group = typer.main.get_command(analyse_group())
    assert isinstance(group, Kinds)
    command = group.get_command(None, kind)
    return {name for each in command.params for name in each.opts if name.startswith("--")} - {"--help"}


def described(heading: str) -> set[str]:
    found = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found, f"docs/analyses.md has no section {heading}"
    rows = re.findall(r"^\| (`--.*?) \|", found[1], re.MULTILINE)
    return {name for row in rows for name in re.findall(r"--[a-z-]+", row)}


def flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def test_the_command_line_knows_every_kind():
    assert tuple(KINDS) == KIND_NAMES


def test_what_all_kinds_take_is_described():
    assert described("Options of all kinds") == {"--format" if name == "form" else flag(name) for name in COMMON}


@pytest.mark.parametrize("kind", KIND_NAMES)
def test_every_option_of_a_kind_is_described(kind):
    assert described(kind) == options(kind) - described("Options of all kinds")
