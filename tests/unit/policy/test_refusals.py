"""What a policy is refused for: each message names the file, the key and the remedy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from knotwork_graph.errors import PolicyError
from knotwork_graph.policy import read_policy

Refused = Callable[..., PolicyError]

WRONG = [
    ("[resolutio]", "resolutio", 'did you mean "resolution"?'),
    ('conflict = "newest"', "conflict", "put it under [resolution]"),
    ("priority = 1", "priority", "put it under [identifiers.TYPE]"),
    ("resolution = 5", "resolution", "write [resolution] on a line of its own"),
    ('[resolution]\nconflict = "newst"', "resolution.conflict", 'did you mean "newest"?'),
    ("[resolution]\nconflict = 1", "resolution.conflict", "a text in quotes"),
    ("[resolution]\nmax_cluster_size = 0", "resolution.max_cluster_size", "from 1 to"),
    ("[resolution]\nmax_cluster_size = -5", "resolution.max_cluster_size", "from 1 to"),
    ("[resolution]\nmax_cluster_size = true", "resolution.max_cluster_size", "this is true or false"),
    ("[resolution]\nmax_cluster_size = 1.5", "resolution.max_cluster_size", "must be a whole number"),
    ('[resolution]\nhalf_life = "fast"', "resolution.half_life", '"180d"'),
    ("[resolution]\nhalf_life = 180", "resolution.half_life", '"180d"'),
    ('[resolution]\nurl = "sqlite"', "resolution.url", "it belongs to [graph]"),
    ("[gates]\nid_changes = 2", "gates.id_changes", "from 0 to 1"),
    ("[gates]\nid_changes = true", "gates.id_changes", "a number from 0 to 1"),
    ("[gates]\ncustomer_growth = -0.1", "gates.customer_growth", "a number from 0"),
    ("[gates]\nlargest_customer = 1.5", "gates.largest_customer", "a whole number"),
    ('[gates]\ndrift = "mend"', "gates.drift", '"repair"'),
    ('[nightly]\nat = "2:30"', "nightly.at", '"02:30"'),
    ('[nightly]\nat = "24:00"', "nightly.at", '"02:30"'),
    ('[nightly]\ntimezone = "Hanoi"', "nightly.timezone", "Asia/Ho_Chi_Minh"),
    ('[profile]\nsurvivorship = "newest"', "profile.survivorship", "there is no"),
    ('[profile]\nsurvivorship = "source_priority"', "profile.survivorship", 'source_priority = ["crm"]'),
    ('[profile]\npurchases = "Order"', "profile.purchases", "a list of names"),
    ('[profile]\npurchases = ["a", "a"]', "profile.purchases", "twice"),
    ('[traits.name]\nsurvivorship = "source_priority"', "traits.name.survivorship", "no source is named"),
    ("[traits]\nname = 1", "traits.name", "write [traits.name]"),
    ('[traits." "]', 'traits." "', "not blank"),
    ("[sources.crm]\nrank = 0", "sources.crm.rank", "from 1 to 99"),
    ('[sources.crm]\nnevr = ["a"]', "sources.crm.nevr", 'did you mean "never"?'),
    (
        '[traits.name]\nsource_priority = ["crm"]\n[sources.crm]\nnever = ["name"]',
        "traits.name.source_priority",
        "remove one of the two",
    ),
    ('[signals.x]\nhalf_life = "30d"', "signals.x.events", "no event counts"),
    ("[signals.x]\nevents = { Seen = 0 }", "signals.x.events", "other than 0"),
    ("[signals.x]\nevents = { Seen = -1 }", "signals.x.events", "every weight is below 0"),
    ('[signals.x]\nevents = ["Seen"]\nwhere = { a = { over = 1 } }', "signals.x.where", 'no "over" here'),
    ('[signals.x]\nevents = ["Seen"]\nwhere = { a = {} }', "signals.x.where", "write bounds"),
    ('[lifecycle]\nactive = "100d"', "lifecycle.active", "make active shorter"),
    ("[consent]\npurposes = [1]", "consent.purposes", "a text in quotes"),
    ("[identifiers]\nemail = 5", "identifiers.email", "write [identifiers.email]"),
    ('[identifiers."a:b"]', 'identifiers."a:b"', "no colon"),
    ('[identifiers." "]', 'identifiers." "', "not blank"),
    ("[identifiers.email]\nmax_per_custmer = 3", "identifiers.email.max_per_custmer", '"max_per_customer"'),
    ("[identifiers.email]\nmax_per_customer = 0", "identifiers.email.max_per_customer", "from 1"),
    ("[identifiers.email]\npriority = 0", "identifiers.email.priority", "from 1 to 99"),
    ("[identifiers.email]\ntrust = 0", "identifiers.email.trust", "above 0 and up to 1"),
    ("[identifiers.email]\ntrust = 1.01", "identifiers.email.trust", "above 0 and up to 1"),
    ("[identifiers.email]\ntrust = nan", "identifiers.email.trust", "above 0 and up to 1"),
    ('[identifiers.email]\ntrust = "0.9"', "identifiers.email.trust", "this is a text"),
    ('[identifiers.email]\nttl = "730"', "identifiers.email.ttl", '"180d"'),
    ('[identifiers.email]\nnormaliser = "emial"', "identifiers.email.normaliser", 'did you mean "email"?'),
    ('[identifiers.email]\nblocked = "info@*"', "identifiers.email.blocked", "a list of patterns"),
    ("[identifiers.email]\nblocked = [1]", "identifiers.email.blocked", "a text in quotes"),
    ('[identifiers.email]\nblocked = [" "]', "identifiers.email.blocked", "blocks nothing"),
    ('[identifiers.email]\nblocked = ["re:"]', "identifiers.email.blocked", "would block every value"),
    ('[identifiers.email]\nblocked = ["re:("]', "identifiers.email.blocked", "cannot be run"),
    ('[identifiers.email]\nblocked = ["re:(?=a)b"]', "identifiers.email.blocked", "no look-aheads"),
    ("[identifiers.email]\nblocked = ['re:(a)\\1']", "identifiers.email.blocked", "bounds the time"),
    ("[identifiers.email]\nshared_above = 3", "identifiers.email.shared_above", "{ user_id = 3 }"),
    ("[identifiers.email]\nshared_above = { user_id = 0 }", "identifiers.email.shared_above", '"user_id": 0 is out'),
    ('[identifiers.email]\nshared_above = { "trait:" = 2 }', "identifiers.email.shared_above", "trait:family_name"),
    ("[identifiers.it]\nprovider_rules = true", "identifiers.it.provider_rules", 'normaliser = "email"'),
    ('[identifiers.it]\nregion = "Vietnam"', "identifiers.it.region", '"VN"'),
    ("[matching]\njoin_above = 0.4", "matching.join_above", "lower propose_above or raise join_above"),
    ("[matching]\npropose_above = 0.99", "matching.propose_above", "lower propose_above or raise join_above"),
    ('[matching]\nauto_join = "yes"', "matching.auto_join", "true or false"),
    ('[graph]\nurl = "mysql://x"', "graph.url", "neo4j://host:7687"),
    ('[graph]\nurl = "neo4j://host:99999"', "graph.url", "neo4j://host:7687"),
    ('[graph]\nurl = "neo4j://u:hush@host"', "graph.url", "KNOTWORK_GRAPH_PASSWORD"),
    ('[graph]\npassword = "hush"', "graph.password", "set KNOTWORK_GRAPH_PASSWORD in the environment"),
    ("[serve]\nport = 70000", "serve.port", "from 0 to 65535"),
    ('[serve]\nhost = "not a host"', "serve.host", "127.0.0.1"),
]


@pytest.mark.parametrize(("text", "key", "remedy"), WRONG)
def test_one_thing_wrong(refused: Refused, text: str, key: str, remedy: str) -> None:
    error = refused(text)
    assert error.file.endswith("knotwork.toml")
    assert error.key == key
    assert str(error).startswith(f"{error.file}: {key}: ")
    assert remedy in str(error)
    assert "hush" not in str(error)


def test_several_things_wrong_are_one_message_with_a_line_for_each(refused: Refused) -> None:
    chosen = ["[resolutio]", "[resolution]\nmax_cluster_size = 0", "[identifiers.email]\ntrust = 2\nttl = 3\nx = 1"]
    lines = str(refused("\n".join(chosen))).splitlines()
    assert lines[0].endswith("knotwork.toml: 5 things need mending")
    keys = {line.strip().partition(": ")[0] for line in lines[1:]}
    assert keys == {"resolutio", "resolution.max_cluster_size"} | {
        f"identifiers.email.{one}" for one in ("trust", "ttl", "x")
    }


def test_a_wrong_value_makes_no_second_complaint_about_what_it_contradicts(refused: Refused) -> None:
    error = refused('[identifiers.email]\nnormaliser = "emial"\nprovider_rules = true')
    assert error.key == "identifiers.email.normaliser"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[resolution]\nconflict = newest", "line 2, column 12"),
        ("[resolution", "line 1, column 12"),
        ("[resolution]\nconflict = [1,\n", "line 3, column 1"),
        ("[a]\n[a]", "line 2, column"),
        ("x = 1\nx = 2\n", "line 2, column"),
    ],
)
def test_what_is_not_toml_is_named_by_line_and_column(refused: Refused, text: str, place: str) -> None:
    message = str(refused(text))
    assert f"knotwork.toml: {place}" in message
    assert ": this is not TOML (" in message


def test_deep_nesting_is_refused_in_words(refused: Refused) -> None:
    assert "nested too deeply" in str(refused("x = " + "[" * 100_000))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="`knotwork init DIR` writes one"):
        read_policy(tmp_path / "knotwork.toml", {})


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="cannot be read"):
        read_policy(tmp_path, {})


def test_a_file_in_another_encoding(tmp_path: Path) -> None:
    file = tmp_path / "knotwork.toml"
    file.write_bytes("# Đà Nẵng".encode("utf-16"))
    with pytest.raises(PolicyError, match="save the file as UTF-8"):
        read_policy(file, {})
