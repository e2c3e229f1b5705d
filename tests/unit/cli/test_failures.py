"""Every failure is a sentence and an exit status; a traceback only for those who ask."""

from __future__ import annotations

import pytest

from knotwork_graph.errors import GateError, PolicyError, UsageError, WorkspaceBusyError


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (PolicyError("is 0; give 1 or more", file="knotwork.toml", key="identifiers.email.max_per_customer"), 1),
        (WorkspaceBusyError("process 12"), 1),
        (UsageError("that cannot be meant"), 2),
        (GateError("held: 30 % of the customers would change"), 3),
    ],
)
def test_an_error_for_people_is_its_own_words(knotwork, workspace, error, status):
    workspace.raises = error
    done = knotwork("resolve")
    assert done.status == status
    assert done.err.splitlines()[-1] == f"knotwork: {error}"
    assert done.out == ""


def test_what_nobody_foresaw_is_a_sentence_with_the_way_to_see_more(knotwork, workspace, monkeypatch):
    monkeypatch.delenv("KNOTWORK_DEBUG", raising=False)
    workspace.raises = RuntimeError("wheel fell off\nand rolled away")
    done = knotwork("resolve")
    assert done.status == 1
    assert "wheel fell off" in done.err
    assert "KNOTWORK_DEBUG=1" in done.err
    assert "Traceback" not in done.err


def test_the_traceback_is_for_those_who_ask(knotwork, workspace, monkeypatch):
    monkeypatch.setenv("KNOTWORK_DEBUG", "1")
    workspace.raises = RuntimeError("wheel fell off")
    assert "Traceback" in knotwork("resolve").err


def test_a_file_that_is_missing_is_named(knotwork, workspace):
    workspace.raises = FileNotFoundError(2, "No such file or directory", "map.toml")
    assert knotwork("load", "a.jsonl").err.splitlines()[-1] == "knotwork: map.toml: No such file or directory"


def test_ctrl_c_is_130_and_a_word(knotwork, workspace):
    workspace.raises = KeyboardInterrupt()
    done = knotwork("resolve")
    assert done.status == 130
    assert "stopped" in done.err


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        (("lod",), "Did you mean 'load'?"),
        (("resolve", "--asof", "2026-01-01"), "--as-of"),
        (("resolve", "--as-of", "yesterday"), "2026-03-01T09:30:00+07:00"),
        (("export", "everything"), "'WHAT': 'everything' is not one of 'members'"),
        (("load",), "FILE"),
        (("load", "a.jsonl", "--workspace", "w"), "It stands before the command: knotwork --workspace DIR COMMAND"),
    ],
)
def test_wrong_usage_is_2_and_names_what_is_near(knotwork, workspace, typed, answer):
    done = knotwork(*typed)
    assert done.status == 2
    assert answer in done.err
    assert done.out == ""
    assert not workspace.asked


def test_without_a_command_the_help_is_shown(knotwork):
    done = knotwork()
    assert done.status == 2
    assert "Commands:" in done.out
