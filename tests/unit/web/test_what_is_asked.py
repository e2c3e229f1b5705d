"""A query is checked once, and nothing is looked up that it does not ask for."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from graphql import parse

from knotwork.graphql import checked, limits
from knotwork.graphql.selected import selected
from knotwork.http.app import create_app
from tests.unit.web.conftest import TOKEN, Visitor

HEADERS = {"authorization": f"Bearer {TOKEN}"}
SCHEMA = "{ __schema { queryType { name } } }"


def test_a_text_that_passed_is_not_checked_again(api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    query = "{ overview { customers } }"
    first = api.graphql(query)
    monkeypatch.setattr(limits, "check_length", lambda _: pytest.fail("counted again"))
    monkeypatch.setattr("strawberry.schema.schema.validate_document", lambda *_: pytest.fail("checked again"))
    assert api.graphql(query) == first
    assert "data" in first


def test_what_was_refused_is_refused_again(api: Any) -> None:
    for query in (
        "{ overview { nothing } }",
        "{ overview ",
        "{" + " ".join(f"a{n}: __typename" for n in range(99)) + "}",
    ):
        assert api.graphql(query)["errors"] == api.graphql(query)["errors"]


def test_what_one_role_may_ask_is_still_refused_to_another(explorer: Any) -> None:
    app = create_app(explorer, token=TOKEN, role="analyst")
    analyst = Visitor(app, headers=HEADERS)
    assert analyst.graphql(SCHEMA) == analyst.graphql(SCHEMA)
    assert "data" in analyst.graphql(SCHEMA)
    once = checked.Checked()
    once.keep(SCHEMA, parse(SCHEMA), introspects=True)
    assert once.find(SCHEMA, introspects=False) is None


def test_few_texts_are_kept_and_no_long_ones() -> None:
    kept = checked.Checked()
    for number in range(checked.KEPT + 5):
        kept.keep(f"{{ a{number} }}", parse("{ a }"), introspects=True)
        kept.find("{ a0 }", introspects=True)
    assert len(kept) == checked.KEPT
    assert kept.find("{ a0 }", introspects=True) is not None
    assert kept.find("{ a1 }", introspects=True) is None
    kept.keep("#" * (checked.LONGEST + 1), parse("{ a }"), introspects=True)
    assert len(kept) == checked.KEPT


@pytest.mark.parametrize("field", ["journey(last: 1) { event }", "cluster { keys }"])
def test_what_a_customer_holds_is_looked_up_once(api: Any, explorer: Any, people: Any, field: str) -> None:
    answer = api.graphql(f"query($i: ID) {{ customer(id: $i) {{ {field} }} }}", i=people.LAN)
    assert "errors" not in answer
    held = {one.key for one in explorer.views[people.LAN].identifiers}
    assert explorer.known == {people.LAN: held}


def info_of(query: str) -> Any:
    definitions: list[Any] = [*parse(query).definitions]
    parts = {one.name.value: one for one in definitions[1:]}
    raw = SimpleNamespace(field_nodes=definitions[0].selection_set.selections, fragments=parts)
    return SimpleNamespace(_raw_info=raw)


def test_fields_are_found_through_fragments_and_aliases() -> None:
    query = """{ customers { ...page edges { more: node { events } ... { node { ... on Customer { id } } } } } }
        fragment page on C { pageInfo { endCursor } edges { node { ...whole } } } fragment whole on N { profile }"""
    assert selected(info_of(query)) == {"pageInfo", "edges"}
    assert selected(info_of(query), "edges", "node") == {"events", "id", "profile"}
    assert selected(info_of(query), "edges", "nothing") == frozenset()


def test_fragments_within_fragments_are_read_once_each() -> None:
    bomb = " ".join(f"fragment f{n} on C {{ ...f{n + 1} ...f{n + 1} }}" for n in range(60))
    query = f"{{ customer {{ ...f0 }} }} {bomb} fragment f60 on C {{ id }}"
    assert selected(info_of(query)) == {"id"}


@pytest.mark.parametrize(
    ("fields", "read", "told", "kept"),
    [
        ("id identifiers { key }", False, False, False),
        ("id cluster { keys }", False, False, False),
        ("id events", True, False, False),
        ("profile journey(last: 1) { event }", True, True, True),
        ("firstSeen sessions(last: 1) { number }", True, False, True),
    ],
)
def test_events_are_read_only_for_who_asks_for_their_figures_and_kept_only_for_journeys(
    explorer: Any, monkeypatch: pytest.MonkeyPatch, fields: str, read: bool, told: bool, kept: bool
) -> None:
    said: list[tuple[bool, bool, bool]] = []
    for name in ("customer", "page"):
        original = getattr(explorer, name)

        def noted(*given: Any, figures: bool, profile: bool, known: Any, _original: Any = original) -> Any:
            said.append((figures, profile, known is not None))
            return _original(*given, figures=figures, profile=profile, known=known)

        monkeypatch.setattr(explorer, name, noted)
    api = Visitor(create_app(explorer, token=TOKEN), headers=HEADERS)
    assert "errors" not in api.graphql(f'{{ customer(id: "{next(iter(explorer.views))}") {{ {fields} }} }}')
    assert "errors" not in api.graphql(f"{{ customers(first: 2) {{ edges {{ node {{ {fields} }} }} }} }}")
    assert said == [(read, told, kept), (read, told, kept)]
