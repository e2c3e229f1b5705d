"""One job at a time: the lock is held while it works, free when it ends or dies, and looked at before publishing."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest

from knotwork_graph.errors import WorkspaceBusyError
from knotwork_graph.sqlite import SqliteGraphStore
from knotwork_resolvers.nightly import alone
from tests.unit.nightly.night import pairs


@pytest.fixture
def store(tmp_path):
    """A store of its own."""
    made = SqliteGraphStore(tmp_path / "graph")
    yield made
    made.close()


def test_two_jobs_never_run_at_once(store):
    with alone(store), pytest.raises(WorkspaceBusyError, match="the nightly job of"), alone(store):
        pytest.fail("both were let in")
    with alone(store):
        pass


def test_a_heartbeat_keeps_the_lock(store):
    import time

    with alone(store, seconds=0.5, beat=0.05):
        time.sleep(1.0)
        assert store.hold_lock("nightly", "another", 1) != "another"


def test_a_job_that_lost_the_lock_may_not_go_on(store):
    with alone(store, seconds=0, beat=60) as still:
        store.hold_lock("nightly", "elsewhere process 7 (x)", 60)
        with pytest.raises(WorkspaceBusyError, match="elsewhere process 7"):
            still()


@pytest.mark.parametrize("number", ["of another", "of ours"])
def test_a_dead_process_of_this_host_is_not_waited_for(store, number):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    process = os.getpid() if number == "of ours" else gone.pid
    store.hold_lock("nightly", f"{socket.gethostname()} process {process} (x-y)", 3600)
    with alone(store):
        pass


@pytest.mark.parametrize("holder", ["elsewhere process 1 (x)", f"{socket.gethostname()} process 1 (x)"])
def test_a_living_or_unknown_one_is(store, holder):
    store.hold_lock("nightly", holder, 3600)
    with pytest.raises(WorkspaceBusyError, match="process 1"), alone(store):
        pytest.fail("it was let in")


def test_where_the_lock_is_another_s_nothing_is_computed(open_night):
    night = open_night()
    night.load(pairs(2))
    night.workspace.home.store.hold_lock("nightly", "elsewhere process 7 (x)", 3600)
    with pytest.raises(WorkspaceBusyError):
        night.recompute()
    assert night.workspace.home.store.runs() == ()
