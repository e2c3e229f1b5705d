from __future__ import annotations

import json
from types import ModuleType
from typing import Any

import pytest
import strawberry
from graphql import GraphQLObjectType

from knotwork.access.classes import FIELD_CLASSES
from knotwork.access.masks import Mask
from knotwork.access.patterns import mask_text
from knotwork.access.roles import DataClass, Role, Sight, sight
from knotwork.graphql.schema import schema
from knotwork_visualise import cluster_html, scene

SECRETS = (
    "nguyenlan.90",
    "+84901234521",
    "901234521",
    "Nguyễn",
    "Trần Hưng Đạo",
    "1990-03-14",
    "info@hoasen",
    "minh.le",
)
EVERYTHING = """{ customer(id: "cus_0000000011") { id identifiers { type value key status reason } profile
  journey(last: 500) { event carrier reason identifiers traits properties messageId } } }"""


@pytest.mark.parametrize("secret", SECRETS)
def test_analyst_meets_no_secret_anywhere(analyst: Any, api: Any, secret: str) -> None:
    page = analyst.get("/customers/cus_0000000011?events=500").text
    shown = page + analyst.get("/customers").text + json.dumps(api.graphql(EVERYTHING), ensure_ascii=False)
    assert secret not in shown
    assert json.dumps(secret)[1:-1] not in shown


def test_steward_sees_them_in_clear(steward: Any) -> None:
    page = steward.get("/customers/cus_0000000011").text
    assert "Nguyễn Thị Lan" in page
    assert "nguyenlan.90@gmail.com" in page


def test_masked_picture_shows_masks_in_labels_titles_and_table(people: ModuleType) -> None:
    cluster = people.made_up().cluster(people.LAN)
    masked, labels = Mask(Role.ANALYST).cluster(cluster)
    html = cluster_html(scene(masked.identifiers, masked.edges, labels=labels), "N. T. L.")
    assert "ng***@gmail.com" in html
    assert not [secret for secret in SECRETS if secret in html]


def test_traits_that_nobody_named_are_hidden_and_known_harmless_ones_shown() -> None:
    traits = Mask().traits(
        {"shoe_size": 38, "diary": "dear", "gender": "F", "nested": {"email": "lan@x.vn", "n": 5}, "vip": True}
    )
    assert traits == {
        "shoe_size": "***",
        "diary": "***",
        "gender": "F",
        "nested": {"email": "la***@x.vn", "n": "***"},
        "vip": True,
    }


def test_harmless_property_still_loses_an_address_inside() -> None:
    shown = Mask().properties(
        {"campaign": "mail lan@example.com", "revenue": 5, "list": ["a@example.com", {"name": "Lan"}]}
    )
    assert shown == {"campaign": "mail la***@example.com", "revenue": 5, "list": ["***", {"name": "L."}]}


def test_user_id_that_is_an_address_is_masked() -> None:
    assert Mask().value("user_id", "lan.nguyen@example.com") == "la***@example.com"


@pytest.mark.parametrize("text", ["2026-03-01", "u-10482", "order 55123", "run 7 of 12"])
def test_text_without_a_person_stays(text: str) -> None:
    assert mask_text(text) == text


@pytest.mark.parametrize("role", list(Role))
def test_no_role_sees_more_of_a_graver_class(role: Role) -> None:
    order = [Sight.CLEAR, Sight.MASKED, Sight.ABSENT]
    seen = [order.index(sight(role, kind)) for kind in DataClass]
    assert seen == sorted(seen)


@pytest.mark.parametrize(
    ("role", "personal"),
    [("viewer", "absent"), ("analyst", "masked"), ("steward", "masked"), ("collector", "absent"), ("admin", "masked")],
)
def test_matrix_of_personal_data(role: str, personal: str) -> None:
    assert sight(Role(role), DataClass.PERSONAL) == personal


def test_every_field_of_the_schema_has_a_class() -> None:
    made: strawberry.Schema = schema()
    fields = {
        f"{name}.{field}"
        for name, kind in made._schema.type_map.items()
        if isinstance(kind, GraphQLObjectType) and not name.startswith("__")
        for field in kind.fields
    }
    assert fields == FIELD_CLASSES.keys()


def flat(value: Any, name: str) -> dict[str, list[Any]]:
    """All values of an answer by the name of their field; JSON of traits and properties stays whole."""
    found: dict[str, list[Any]] = {name: [value]}
    if isinstance(value, list) and value and isinstance(value[0], dict):
        parts = [flat(each, name) for each in value]
    elif isinstance(value, dict) and name not in ("profile", "traits", "properties"):
        parts = [flat(each, key) for key, each in value.items()]
    else:
        return found
    return {
        key: [each for part in parts for each in part.get(key, [])] for key in {key for part in parts for key in part}
    }


def test_classes_tell_what_a_mask_changes(api: Any, clear_api: Any) -> None:
    masked, clear = (flat(each.graphql(EVERYTHING)["data"], "data") for each in (api, clear_api))
    personal = {field.partition(".")[2] for field, kind in FIELD_CLASSES.items() if kind is DataClass.PERSONAL}
    changed = {name for name in clear if masked[name] != clear[name]}
    assert changed <= personal
    assert changed >= {"profile", "value", "key", "carrier", "identifiers"}


def test_viewer_sees_sums_and_no_customer(viewer_api: Any) -> None:
    assert viewer_api.graphql("{overview{customers}}")["data"]["overview"]["customers"] == 5
    for query in ('{customer(id: "cus_0000000011"){id}}', "{customers{edges{cursor}}}"):
        assert viewer_api.graphql(query)["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert viewer_api.get("/customers").status_code == 403
    assert viewer_api.get("/customers/cus_0000000011").status_code == 403
