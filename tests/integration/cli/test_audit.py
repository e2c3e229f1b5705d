"""The audit chain of a workspace, looked at after somebody took its file away."""

from __future__ import annotations

import knotwork
from knotwork.cli.main import open_workspace, status
from tests.unit.nightly.night import pairs


def look(folder, capsys) -> tuple[int, str, str]:
    """How `audit show` ends and the last it says; and what `doctor` finds of the chain."""
    ended = status(["--workspace", str(folder), "audit", "show"], open_workspace)
    said = capsys.readouterr().err.splitlines()[-1]
    with knotwork.open(folder) as shop:
        (chain,) = [one.what for one in shop.doctor() if "audit chain" in one.what]
    return ended, said, chain


def test_a_chain_that_was_taken_away_is_missed(tmp_path, capsys):
    folder = tmp_path / "shop"
    knotwork.init(folder)
    assert look(folder, capsys)[:2] == (0, "The chain is whole: 0 rows.")
    with knotwork.open(folder) as shop:
        for count in (3, 5):
            shop.collect([one.line() for one in pairs(count)])
            shop.resolve(full=True)
    assert look(folder, capsys)[:2] == (0, "The chain is whole: 1 row.")
    for path in (folder / "data").glob("audit.db*"):
        path.unlink()
    ended, said, chain = look(folder, capsys)
    assert ended == 1
    assert "no row is left, though runs were published" in said
    assert "no row is left, though runs were published" in chain
