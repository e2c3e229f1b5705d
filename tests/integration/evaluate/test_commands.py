"""``evaluate`` and ``policy check`` over a real workspace, as they are typed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import typer

import knotwork
from knotwork.cli.application import application
from knotwork.cli.main import open_workspace, status

ROOT = Path(__file__).resolve().parents[3]
PEOPLE = 30


def event(number, **identifiers):
    return {
        "source": "web",
        "message_id": f"m-{number}",
        "timestamp": "2026-03-01T09:00:00Z",
        "identifiers": identifiers,
    }


def events():
    """Thirty people with account, e-mail and browser; one terminal that all were seen with, under a test value."""
    for number in range(PEOPLE):
        own = {"user_id": f"u-{number}", "email": f"lan{number}@example.com"}
        yield event(f"a{number}", **own)
        yield event(f"b{number}", cookie=f"c-{number}", email=own["email"])
        yield event(f"c{number}", cookie="test-terminal", user_id=own["user_id"])


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    """Resolved without any limit, so that the terminal glues everybody."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "knotwork.toml").write_text("[identifiers.user_id]\n[identifiers.email]\nnormaliser = 'email'\n")
    (folder / "events.jsonl").write_text("\n".join(map(json.dumps, events())))
    rows = [f"email,LAN{n}@example.com,p{n},\ncookie,c-{n},p{n},\nuser_id,u-{n},p{n}," for n in range(PEOPLE)]
    rows += [f"cookie,test-terminal,p{n},terminal" for n in range(PEOPLE)]
    (folder / "truth.csv").write_text("type,value,person,cause\n" + "\n".join(rows))
    with knotwork.open(folder) as opened:
        opened.load(folder / "events.jsonl")
        opened.resolve()
    return folder


@pytest.fixture
def run(workspace, capfd):
    def call(*arguments):
        ended = status(["--workspace", str(workspace), *arguments], open_workspace)
        return ended, *capfd.readouterr()

    return call


def test_the_figures_of_one_giant_customer(run, workspace):
    ended, out, err = run("evaluate", str(workspace / "truth.csv"), "--format", "json")
    found = json.loads(out)
    judged = 3 * PEOPLE
    assert (ended, err) == (0, "")
    assert found["pairs"] == {"true": 3 * PEOPLE, "made": judged * (judged - 1) // 2, "right": 3 * PEOPLE}
    assert found["reach"] == {"ceiling": 1.0, "reachable_recall": 1.0, "kept": 1.0}
    assert (found["largest_customer"], found["largest_person"]) == (judged + 1, 4)
    assert (found["coverage"]["of_several"], found["coverage"]["of_several_held"]) == (1, 1)
    assert [one["cause"] for one in found["causes"]] == ["terminal"]


def test_python_gives_what_the_command_prints(run, workspace):
    with knotwork.open(workspace) as opened:
        assert opened.evaluate(workspace / "truth.csv").bcubed.precision == pytest.approx(1 / PEOPLE)
    assert "0.0333" in run("evaluate", str(workspace / "truth.csv"))[1]


def test_the_check_finds_the_terminal_and_its_text_mends_the_policy(run, workspace, tmp_path):
    ended, out, _ = run("policy", "check", "cookie", "--format", "json")
    (found,) = json.loads(out)
    assert ended == 0
    assert found["advice"]["joined_unlimited"] == PEOPLE
    (tmp_path / "knotwork.toml").write_text(found["text"])
    with knotwork.open(tmp_path) as opened:
        (tmp_path / "events.jsonl").write_text((workspace / "events.jsonl").read_text())
        opened.load(tmp_path / "events.jsonl")
        opened.resolve()
        assert opened.evaluate(workspace / "truth.csv").pairwise.f1 == 1.0


def test_the_check_publishes_nothing(run, workspace):
    run("policy", "check")
    with knotwork.open(workspace) as opened:
        assert opened.overview().runs == 1


def test_personal_values_are_masked_unless_asked_for(tmp_path, capfd):
    rows = [event(n, email="test.lan@example.com", user_id=f"u-{n}") for n in range(PEOPLE)]
    rows += [event(f"x{n}", email=f"mai{n}@example.com", user_id=f"u-{n}") for n in range(PEOPLE)]
    (tmp_path / "events.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (tmp_path / "knotwork.toml").write_text("[identifiers.user_id]\nmax_per_customer = 1\n")
    with knotwork.open(tmp_path) as opened:
        opened.load(tmp_path / "events.jsonl")
    capfd.readouterr()
    said = {}
    for flags in ((), ("--show-personal",)):
        for form in ("text", "json"):
            assert (
                status(
                    ["--workspace", str(tmp_path), "policy", "check", "email", "--format", form, *flags], open_workspace
                )
                == 0
            )
            said[flags, form] = capfd.readouterr().out
    assert all(("test.lan@example.com" in out) == bool(flags) for (flags, _), out in said.items())
    assert 'blocked = ["test.lan@example.com"]' in said[("--show-personal",), "text"]


@pytest.mark.parametrize(
    ("arguments", "ended", "words"),
    [
        (("evaluate", "none.csv"), 1, "none.csv: there is no such file"),
        (("policy", "check", "cokie"), 2, 'did you mean "cookie"'),
    ],
)
def test_what_cannot_be_done_is_one_sentence(run, arguments, ended, words):
    found, out, err = run(*arguments)
    assert (found, out) == (ended, "")
    assert words in err
    assert "Traceback" not in err


def test_nothing_published_is_said_with_what_to_do(tmp_path, capfd):
    knotwork.init(tmp_path)
    truth = tmp_path / "truth.csv"
    truth.write_text("type,value,person\ncookie,c-1,p\n")
    assert status(["--workspace", str(tmp_path), "evaluate", str(truth)], open_workspace) == 1
    assert "Run `knotwork resolve` first" in capfd.readouterr().err


def test_the_page_of_commands_has_every_option_of_the_check():
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    section = re.search(r"^## `knotwork policy`\n(.*?)^## ", page, re.MULTILINE | re.DOTALL)[1]
    group = typer.main.get_command(application(lambda _: pytest.fail("nothing is opened"))).commands["policy"]
    taken = {
        f"{name} {option}"
        for name, one in group.commands.items()
        for each in one.params
        for option in each.opts
        if option.startswith("--") and option != "--help"
    }
    assert set(re.findall(r"^\| `([a-z]+ --[a-z-]+)`", section, re.MULTILINE)) == taken
