"""What a source would add, told before anything of it is loaded."""

from __future__ import annotations

import json

import pytest

from knotwork_graph.errors import InputError, MappingError, UnknownRunError
from knotwork_graph.policy import IdentifierRule, Policy, ProfileRules, SourceRule, TraitRule
from tests.unit.profiles.world import load

MAPPING = """
[source]
name = "list"
timestamp = "on"
message_id = "no"
[identifiers]
email = "mail"
[traits]
name = "name"
city = "city"
"""
HEAD = "no,on,mail,name,city\n"


def policy(rank: int = 50) -> Policy:
    return Policy(
        identifiers={"email": IdentifierRule("email", priority=3, normaliser="email")},
        profiles=ProfileRules(sources={"list": SourceRule("list", rank)}, traits={"name": TraitRule("name")}),
    )


def known(number: int, mail: str, **traits: str) -> dict[str, object]:
    return {
        "source": "web",
        "message_id": f"m-{number}",
        "timestamp": "2026-03-01T09:00:00Z",
        "identifiers": {"email": mail},
        "traits": traits,
    }


PEOPLE = [known(1, "lan@x.vn", name="Lan"), known(2, "hung@x.vn", name="Hùng", city="Huế"), known(3, "an@x.vn")]


@pytest.fixture
def tried(open_shop, tmp_path):
    def run(csv: str, rank: int = 50, people=PEOPLE):
        made = open_shop(policy(rank))
        load(made.workspace, people)
        made.resolve()
        before = written(made.folder)
        (tmp_path / "list.csv").write_text(HEAD + csv, encoding="utf-8")
        (tmp_path / "map.toml").write_text(MAPPING, encoding="utf-8")
        found = made.workspace.enrich_trial(tmp_path / "list.csv", mapping=tmp_path / "map.toml")
        assert written(made.folder) == before
        return found

    return run


def written(folder) -> dict[str, int]:
    """The size of each file of facts, generations and dead letters."""
    data = folder / "data"
    return {str(path): path.stat().st_size for path in data.rglob("*") if path.suffix in {".parquet", ".jsonl"}}


def traits(found):
    return {one.trait: one for one in found.traits}


def test_whom_the_rows_meet(tried):
    found = tried("1,2026-04-01,LAN@x.vn,Lan,\n2,2026-04-01,new@x.vn,Mai,Huế\n3,2026-04-02,hung@x.vn,,Huế\n")
    assert (found.accepted, found.matched, found.strangers, found.several) == (3, 2, 1, 0)
    assert (found.customers, found.of_customers) == (2, 3)
    assert found.match_rate == pytest.approx(2 / 3)
    assert (found.oldest.day, found.newest.day, found.sources) == (1, 2, ("list",))


def test_what_it_says_of_each_trait(tried):
    found = traits(tried("1,2026-04-01,lan@x.vn,LAN,Huế\n2,2026-04-01,hung@x.vn,Hoàng,HUE\n3,2026-04-01,an@x.vn,,\n"))
    name, city = found["name"], found["city"]
    assert (name.rows, name.fill_rate, name.customers) == (2, pytest.approx(2 / 3), 2)
    assert (name.adds, name.agrees, name.conflicts, name.wins, name.newer) == (0, 1, 1, 1, 2)
    assert (city.adds, city.agrees, city.conflicts) == (1, 1, 0)


def test_a_source_of_low_rank_wins_no_conflict_but_fills(tried):
    found = traits(tried("1,2026-04-01,lan@x.vn,Hoàng,Huế\n", rank=90))
    assert (found["name"].conflicts, found["name"].wins, found["city"].adds) == (1, 0, 1)


def test_what_it_foretells_is_what_loading_brings(tried, open_shop, tmp_path):
    csv = "1,2026-04-01,lan@x.vn,Hoàng,Huế\n2,2026-02-01,hung@x.vn,Hà,\n"
    found = traits(tried(csv))
    made = open_shop(policy(), "loaded")
    load(made.workspace, PEOPLE)
    made.resolve()
    before = [dict(one.profile) for one in made.workspace.customers(9)[0]]
    made.workspace.load(tmp_path / "list.csv", mapping=tmp_path / "map.toml")
    made.resolve()
    after = [dict(one.profile) for one in made.workspace.customers(9)[0]]
    names = [(a.get("name"), b.get("name")) for a, b in zip(before, after, strict=True)]
    assert sum(a is not None and a != b for a, b in names) == found["name"].wins == 1


def test_rows_that_meet_several_customers_are_counted_apart(open_shop, tmp_path):
    made = open_shop(policy())
    load(made.workspace, PEOPLE)
    made.resolve()
    both = known(9, "lan@x.vn", name="Lan") | {"identifiers": {"email": ["lan@x.vn", "hung@x.vn"]}}
    (tmp_path / "list.jsonl").write_text(json.dumps(both) + "\n", encoding="utf-8")
    found = made.workspace.enrich_trial(tmp_path / "list.jsonl")
    assert (found.matched, found.several, found.strangers, found.customers) == (0, 1, 0, 0)
    assert [(one.trait, one.rows, one.customers) for one in found.traits] == [("name", 1, 0)]


def test_rows_that_would_be_refused_or_are_there_already(tried):
    found = tried("1,yesterday,lan@x.vn,Lan,\n2,2026-04-01,lan@x.vn,Lan,\n2,2026-04-01,lan@x.vn,Lan,\n")
    assert (found.received, found.accepted, found.duplicate, found.rejected) == (3, 1, 1, 1)
    assert sum(found.reasons.values()) == 1


def test_values_that_link_nothing_are_counted(tried):
    found = tried("1,2026-04-01,noreply@x.vn,Lan,\n2,2026-04-01,not an address,Lan,\n")
    assert (found.unusable, found.matched) == ({"email": 2}, 0)


def test_nothing_resolved_yet_is_said(open_shop, tmp_path):
    (tmp_path / "list.jsonl").write_text(json.dumps(PEOPLE[0]) + "\n", encoding="utf-8")
    with pytest.raises(UnknownRunError, match="knotwork resolve"):
        open_shop(policy()).workspace.enrich_trial(tmp_path / "list.jsonl")


def test_a_file_of_no_use_is_one_clear_error(open_shop, tmp_path):
    made = open_shop(policy())
    load(made.workspace, PEOPLE)
    made.resolve()
    with pytest.raises(InputError):
        made.workspace.enrich_trial(tmp_path / "missing.jsonl")
    (tmp_path / "a.csv").write_text("a\n1\n", encoding="utf-8")
    with pytest.raises((InputError, MappingError)):
        made.workspace.enrich_trial(tmp_path / "a.csv")


def test_an_empty_file_is_an_empty_answer(tried):
    found = tried("")
    assert (found.received, found.match_rate, found.traits, found.age_days) == (0, 0.0, (), None)
