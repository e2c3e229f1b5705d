"""One writer at a time, and a lock that dies with its holder."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from knotwork.workspace import Workspace, init, open_workspace
from knotwork.workspace.lock import writing
from knotwork_graph.errors import WorkspaceBusyError, WorkspaceError

HOLDER = """
import sys
from pathlib import Path
from knotwork.workspace.lock import writing
with writing(Path(sys.argv[1]), "load"):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path):
    init(tmp_path / "shop")
    return tmp_path / "shop"


@pytest.fixture
def holder(folder):
    """Another process that holds the lock until its standard input ends."""
    command = [sys.executable, "-c", HOLDER, str(folder / "data" / "lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()


def test_while_another_process_writes_nothing_else_may(folder, holder):
    (folder / "events.jsonl").write_text("")
    with open_workspace(folder) as shop:
        for change in (shop.resolve, lambda: shop.load(folder / "events.jsonl")):
            with pytest.raises(
                WorkspaceBusyError, match=rf"in use by process {holder.pid} \(load, since .* UTC\)"
            ) as busy:
                change()
            assert str(holder.pid) in busy.value.holder


def test_reading_needs_no_lock(folder, holder):
    with open_workspace(folder) as shop:
        assert shop.overview().customers == 0


def test_a_lock_dies_with_its_holder_however_it_dies(folder, holder):
    holder.kill()
    holder.wait(timeout=10)
    with writing(folder / "data" / "lock", "resolve"):
        assert str(os.getpid()) in (folder / "data" / "lock").read_text()


def test_the_lock_is_given_back_also_after_a_failure(folder):
    lock = folder / "data" / "lock"
    with pytest.raises(ZeroDivisionError), writing(lock, "load"):
        raise ZeroDivisionError
    with writing(lock, "load"):
        pass
    assert lock.read_text() == ""


def test_where_the_folder_cannot_be_written_to_it_says_so(tmp_path):
    (tmp_path / "data").write_text("a file where a folder should be")
    with pytest.raises(WorkspaceError, match="cannot write here"), writing(tmp_path / "data" / "lock", "load"):
        pass


def test_a_workspace_opens_its_files_again_after_it_was_closed(folder):
    (folder / "events.jsonl").write_text(
        '{"source": "s", "message_id": "1", "timestamp": "2026-01-01T00:00:00Z", "identifiers": {"cookie": "c"}}\n'
    )
    shop = open_workspace(folder)
    shop.load(folder / "events.jsonl")
    shop.resolve()
    shop.close()
    assert isinstance(shop, Workspace)
    assert shop.overview().customers == 1
    shop.close()


def test_a_folder_without_a_policy_is_no_workspace(tmp_path):
    with pytest.raises(WorkspaceError, match="knotwork init"):
        open_workspace(tmp_path)


def test_init_never_overwrites_a_policy(folder):
    before = (folder / "knotwork.toml").read_bytes()
    with pytest.raises(WorkspaceError, match="is there already"):
        init(folder)
    assert (folder / "knotwork.toml").read_bytes() == before
