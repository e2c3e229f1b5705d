"""A source that writes names where types belong: everything is kept, and what people read stays short."""

from __future__ import annotations

import json

import knotwork
from knotwork.cli.main import open_workspace, status

TYPES = 60


def test_types_without_end_do_not_fill_the_screen_nor_the_report(tmp_path, capsys):
    folder = tmp_path / "shop"
    knotwork.init(folder)
    names = {f"attribute_{number:02}": "x-1" for number in range(TYPES)}
    event = {"source": "erp", "message_id": "1", "timestamp": "2026-03-01T00:00:00Z", "identifiers": names}
    (tmp_path / "events.jsonl").write_text(json.dumps(event), encoding="utf-8")
    assert status(["--workspace", str(folder), "load", str(tmp_path / "events.jsonl")], open_workspace) == 0
    loaded = [line for line in capsys.readouterr().err.splitlines() if "note:" in line]
    assert (len(loaded), "and 40 more of the kind" in loaded[15]) == (21, True)
    assert status(["--workspace", str(folder), "recompute"], open_workspace) == 0
    said = [line for line in capsys.readouterr().out.splitlines() if "note:" in line]
    assert len(said) == 21
    assert "1 new event links nothing" in said[-1], "what is said last is not lost"
    for page in ("report.md", "report.html"):
        text = (folder / "data" / "reports" / "1" / page).read_text(encoding="utf-8")
        assert 15 < text.count("is not in the policy") <= 20
    told = json.loads((folder / "data" / "reports" / "1" / "report.json").read_text(encoding="utf-8"))
    assert len(told["warnings"]) > TYPES
