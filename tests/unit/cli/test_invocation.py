"""Which workspace a call is about."""

from __future__ import annotations

from pathlib import Path

import pytest

from knotwork.cli.invocation import invoked


@pytest.mark.parametrize(
    ("option", "environ", "folder", "named"),
    [
        (Path("a"), {"KNOTWORK_WORKSPACE": "b"}, Path("a"), True),
        (None, {"KNOTWORK_WORKSPACE": "b"}, Path("b"), True),
        (None, {"KNOTWORK_WORKSPACE": ""}, Path(), False),
        (None, {}, Path(), False),
    ],
)
def test_the_option_then_the_variable_then_the_current_folder(option, environ, folder, named):
    call = invoked(option, lambda _: pytest.fail("nothing is opened yet"), environ)
    assert (call.folder, call.named) == (folder, named)


def test_the_option_stands_before_the_command(knotwork, workspace):
    knotwork("--workspace", "somewhere", "doctor")
    assert workspace.asked[0] == ("open", "somewhere")
