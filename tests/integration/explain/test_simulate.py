"""``simulate`` against really resolving a copy of the workspace under the other policy."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

import knotwork
from knotwork_graph.errors import KnotworkError, PolicyError
from knotwork_graph.policy import Policy
from tests.integration.explain.conftest import CROWDED, LIMITED

UNCHANGED = ("trust = 0.7", "trust = 0.7")
UNGUARDED = ("shared_above = { user_id = 4, phone = 6 }", "shared_above = { user_id = 90 }")
ROOMY = ("max_per_customer = 1", "max_per_customer = 2")
PROVIDERS = ("provider_rules = false", "provider_rules = true")
BLOCKING = ('blocked = ["info@*"]', 'blocked = ["l*", "info@*"]')
OTHERS = (UNCHANGED, UNGUARDED, ROOMY, PROVIDERS, BLOCKING)


def other(change: tuple[str, str], folder: Path) -> Path:
    assert change[0] in CROWDED
    path = folder / "other.toml"
    path.write_text(CROWDED.replace(*change), encoding="utf-8")
    return path


@pytest.mark.parametrize("change", OTHERS, ids=["unchanged", "unguarded", "roomy", "providers", "blocking"])
def test_what_is_foretold_comes_true(crowd, change, tmp_path):
    path = other(change, tmp_path)
    found = crowd.simulate(path)
    shutil.copytree(crowd.layout.folder, tmp_path / "copy")
    shutil.copy(path, tmp_path / "copy" / "knotwork.toml")
    with knotwork.open(tmp_path / "copy") as copy:
        before = owners(copy)
        report = copy.resolve()
        after = owners(copy)
    for name in ("customers", "largest", "severed", "shared"):
        assert found.after[name] == report.counts[name], name
    assert found.ids_new == len(set(after.values()) - set(before.values()))
    assert found.ids_retired == len(set(before.values()) - set(after.values()))
    if change is PROVIDERS:
        return  # addresses are written in another way then, so keys before and after do not compare
    lives = before.keys() & after.keys()
    assert found.moved == sum(before[key] != after[key] for key in lives)
    assert found.released == len(before.keys() - after.keys())
    assert found.taken == len(after.keys() - before.keys())


def owners(workspace) -> dict[str, int]:
    """The customer of each identifier that belongs to one."""
    rows = workspace.home.store.member_rows().to_pylist()
    return {f"{row['type']}:{row['value']}": row["customer"] for row in rows if row["customer"]}


@pytest.mark.parametrize("change", OTHERS, ids=["unchanged", "unguarded", "roomy", "providers", "blocking"])
def test_the_fates_add_up(crowd, change, tmp_path):
    found = crowd.simulate(other(change, tmp_path))
    fates = found.unchanged + found.merged + found.split + found.both + found.adjusted + found.dissolved
    assert fates == found.before["customers"] == crowd.overview().customers
    assert found.after["customers"] - found.before["customers"] == found.ids_new - found.ids_retired
    assert found.churn == pytest.approx(found.ids_retired / found.before["customers"], abs=1e-6)
    assert [one.identifiers for one in found.effects] == sorted(
        (one.identifiers for one in found.effects), reverse=True
    )
    assert len(found.effects) == min(20, found.all_effects)


def test_the_present_policy_changes_nothing(crowd):
    found = crowd.simulate(crowd.settings.policy)
    assert (found.unchanged, found.effects, found.churn, found.reread) == (found.before["customers"], (), 0, False)
    assert found.before == found.after


def test_nothing_is_written(crowd, tmp_path):
    before = fingerprints(crowd.layout.data)
    crowd.simulate(other(ROOMY, tmp_path))
    assert fingerprints(crowd.layout.data) == before


def fingerprints(folder: Path) -> dict[str, str]:
    """What is in each file, but for SQLite's own bookkeeping of readers."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".db-shm"
    }


def test_one_mailbox_in_two_spellings_becomes_one_identifier_and_joins(shop):
    kw = shop(
        LIMITED,
        {"email": "lan.ng@gmail.com", "device": "d"},
        {"email": "lanng@gmail.com", "device": "e"},
        {"email": "lanng+shop@gmail.com", "device": "f"},
    )
    text = LIMITED.replace('normaliser = "email"', 'normaliser = "email"\nprovider_rules = true')
    (kw.layout.folder / "other.toml").write_text(text, encoding="utf-8")
    found = kw.simulate(kw.layout.folder / "other.toml")
    assert found.reread
    assert (found.before["customers"], found.after["customers"], found.merged) == (3, 1, 3)
    (effect,) = found.effects
    assert (effect.kind, effect.customers_before, effect.customers_after) == ("merged", 3, 1)


def test_a_limit_splits_and_the_effect_is_named(shop):
    kw = shop("", {"user_id": "1", "device": "d"}, {"user_id": "1", "device": "d"}, {"user_id": "2", "device": "d"})
    (kw.layout.folder / "other.toml").write_text("[identifiers.user_id]\nmax_per_customer = 1\n", encoding="utf-8")
    found = kw.simulate(str(kw.layout.folder / "other.toml"))
    assert (found.split, found.unchanged, found.ids_new, found.ids_retired) == (1, 0, 1, 0)
    (effect,) = found.effects
    assert [one.key for one in effect.after if one.new] == ["user_id:2"]
    assert effect.examples == ("user_id:2",)
    assert any("device is not in the policy" in one for one in found.warnings)


def test_events_that_no_run_took_in_are_left_out_and_said(shop):
    kw = shop(LIMITED, {"user_id": "1", "device": "d"})
    line = '{"source": "web", "message_id": "n", "timestamp": "2026-03-05T00:00:00Z", "identifiers": {"user_id": "9"}}'
    (kw.layout.folder / "more.jsonl").write_text(line)
    kw.load(kw.layout.folder / "more.jsonl")
    assert "1 event is not resolved yet" in kw.simulate(Policy()).notes[0]


def test_without_data_or_without_a_policy_there_is_one_clear_word(shop, tmp_path):
    kw = shop(LIMITED, {"user_id": "1"}, resolve=False)
    with pytest.raises(KnotworkError, match="nothing is resolved yet"):
        kw.simulate(Policy())
    with pytest.raises(PolicyError, match="no such file"):
        kw.simulate(tmp_path / "absent.toml")
