"""Documentation is tested: what can be typed is described, and what is described can be typed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import typer

from knotwork.cli.application import application
from knotwork.cli.commands.analysing import Kinds

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
COMMANDS: dict[str, Any] = typer.main.get_command(application(lambda _: pytest.fail("nothing is opened"))).commands
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])


def section(command: str) -> str:
    """What the page says under the heading of one command."""
    found = re.search(rf"^## `knotwork {command}`\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    return found[1] if found else pytest.fail(f"docs/commands.md has no section on `knotwork {command}`")


def options(command: str) -> set[str]:
    """The options that a command takes, as they are typed; those of a group behind the name of its command."""
    found = COMMANDS[command]
    inner = {f"{name} {one}" for name, each in getattr(found, "commands", {}).items() for one in own_options(each)}
    return own_options(found) | inner


def own_options(command: Any) -> set[str]:
    """The options of one command that are its own."""
    names = (name for each in command.params for name in (*each.opts, *each.secondary_opts))
    return {name for name in names if name.startswith("--")} - {"--help"}


def made_options(group: Any) -> set[str]:
    """The options of commands that a group makes when they are asked for; test_analyses.py says where they stand."""
    if not isinstance(group, Kinds):
        return set()
    return {name for kind in group.list_commands(None) for name in own_options(group.get_command(None, kind))}


def test_every_command_has_its_section_and_no_other_has():
    assert sorted(re.findall(r"^## `knotwork (\S+)`$", PAGE, re.MULTILINE)) == sorted(COMMANDS)


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_option_has_its_row_and_no_other_has(command):
    documented = set(re.findall(r"^\| `((?:[a-z][a-z-]* )?--[a-z-]+)", section(command), re.MULTILINE))
    assert documented == options(command)


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_says_what_it_does_in_its_help(command):
    assert COMMANDS[command].help
    assert all(getattr(each, "help", None) for each in COMMANDS[command].params if each.name != "help")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_in_code_of_a_page_exist(page):
    text = page.read_text(encoding="utf-8")
    typed = re.findall(r"^(?: {4}|\$ )?(?:\$ )?knotwork (?:--workspace \S+ )?([a-z-]+)(.*)$", text, re.MULTILINE)
    typed += re.findall(r"`knotwork (?:--workspace \S+ )?([a-z-]+)([^`]*)`", text)
    for command, rest in typed:
        assert command in COMMANDS, f"{page.name} speaks of `knotwork {command}`"
        known = {name.split()[-1] for name in options(command)} | made_options(COMMANDS[command])
        unknown = set(re.findall(r"(?<!\S)--[a-z-]+", rest.split("#")[0])) - known
        assert not unknown, f"{page.name}: `knotwork {command}` does not take {unknown}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_of_a_page_lead_somewhere(page):
    for target in re.findall(r"\]\((?!https?://|#|mailto:)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_targets_of_make_in_a_page_exist(page):
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    spoken_of = set(re.findall(r"(?:`|^(?: {4})?)make ([a-z]+)", page.read_text(encoding="utf-8"), re.MULTILINE))
    assert spoken_of <= targets
