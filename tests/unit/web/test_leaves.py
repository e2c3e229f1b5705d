"""The short way of plain fields gives what the executor's own way gives, be it an answer or an error."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from enum import Enum
from typing import Any

import pytest
import strawberry
from strawberry.extensions import SchemaExtension
from strawberry.scalars import JSON
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext as Stock

from knotwork.graphql.leaves import Execution
from tests.aside import aside


@strawberry.enum
class Band(Enum):
    HIGH = "high"


@strawberry.type
class Leaf:
    text: str = "a"
    perhaps: str | None = None
    moment: datetime = datetime(2026, 3, 1, tzinfo=UTC)


@strawberry.type
class Thing:
    text: str = "a"
    perhaps: str | None = None
    number: int = 1
    yes: bool = True
    name: strawberry.ID = strawberry.ID("x")
    moment: datetime = datetime(2026, 3, 1, tzinfo=UTC)
    band: Band = Band.HIGH
    anything: JSON = strawberry.field(default_factory=lambda: JSON({"a": [1, None]}))
    words: list[str] = strawberry.field(default_factory=lambda: ["b", "c"])
    gaps: list[str | None] = strawberry.field(default_factory=lambda: ["b", None])
    none: list[str] | None = None
    leaf: Leaf | None = strawberry.field(default_factory=Leaf)
    leaves: list[Leaf] = strawberry.field(default_factory=lambda: [Leaf(), Leaf(text="b", perhaps="there")])
    fallen: list[Leaf | None] = strawberry.field(default_factory=lambda: [Leaf()])

    @strawberry.field
    def made(self) -> str:
        return self.text * 2

    @strawberry.field
    def inner(self) -> Thing:
        return Thing()


GIVEN: dict[str, Any] = {}


@strawberry.type
class Query:
    @strawberry.field
    def thing(self) -> Thing:
        made = Thing()
        for name, value in GIVEN.items():
            setattr(made, name, value)
        return made


FIELDS = "text perhaps number yes name moment band anything words gaps none made"
LEAVES = "leaf { text perhaps } leaves { again: text perhaps moment ...L } fallen { text @skip(if: false) }"
MORE = "again: text __typename inner { text ...F @include(if: true) }"
ASKED = f"{{ thing {{ {FIELDS} {LEAVES} {MORE} }} }} fragment F on Thing {{ words }} fragment L on Leaf {{ text }}"
STOCK, OURS = strawberry.Schema(Query), strawberry.Schema(Query, execution_context_class=Execution)


class Odd:
    def __repr__(self) -> str:
        return "Odd()"

    def __str__(self) -> str:
        raise ValueError("odd")


@pytest.fixture
def given() -> Any:
    yield GIVEN
    GIVEN.clear()


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"text": None},
        {"perhaps": "there"},
        {"number": 1 << 40},
        {"number": "no"},
        {"number": True},
        {"yes": 2},
        {"text": Odd()},
        {"text": ValueError("an error as a value")},
        {"band": "of no kind"},
        {"moment": "no moment"},
        {"words": ["a", None]},
        {"words": ("a", "b")},
        {"words": "text"},
        {"words": [1, Odd()]},
        {"none": []},
        {"none": ["a"]},
        {"anything": None},
        {"name": 7},
        {"leaf": None},
        {"leaf": Leaf(text=None)},  # type: ignore[arg-type]  # what is wrong is what is tried
        {"leaf": "no leaf"},
        {"leaves": []},
        {"leaves": [Leaf(), Leaf(moment="no moment")]},  # type: ignore[arg-type]  # as above
        {"leaves": [Leaf(), None]},
        {"leaves": (Leaf(),)},
        {"leaves": [Odd()]},
        {"fallen": [None, Leaf(), Leaf(text=Odd())]},  # type: ignore[arg-type]  # as above
    ],
    ids=repr,
)
def test_the_short_way_answers_and_fails_as_the_long_one(given: dict[str, Any], values: dict[str, Any]) -> None:
    given.update(values)
    stock, ours = STOCK.execute_sync(ASKED), OURS.execute_sync(ASKED)
    assert ours.data == stock.data
    assert [one.formatted for one in ours.errors or ()] == [one.formatted for one in stock.errors or ()]


def test_a_coroutine_in_an_attribute_is_awaited(given: dict[str, Any]) -> None:
    async def later() -> Any:
        return {"a": 1}

    given["anything"] = later()
    found = aside(lambda: OURS.execute("{ thing { anything text } }"))
    assert found.data == {"thing": {"anything": {"a": 1}, "text": "a"}}


def test_only_what_is_more_than_an_attribute_goes_the_long_way(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: Counter[str] = Counter()
    original = Stock.execute_field

    def counting(self: Any, parent: Any, source: Any, nodes: Any, *more: Any) -> Any:
        seen[nodes[0].node.name.value] += 1
        return original(self, parent, source, nodes, *more)

    monkeypatch.setattr(Stock, "execute_field", counting)
    OURS.execute_sync(ASKED)
    objects = {"leaf": 1, "leaves": 1, "fallen": 1}  # and none of what they hold
    assert seen == {"thing": 1, "gaps": 1, "made": 1, "inner": 1, "__typename": 1, **objects}


def test_an_extension_around_fields_is_asked_for_each() -> None:
    class Loud(SchemaExtension):
        def resolve(self, _next: Any, root: Any, info: Any, *args: Any, **kwargs: Any) -> Any:
            found = _next(root, info, *args, **kwargs)
            return f"{found}!" if isinstance(found, str) else found

    loud = strawberry.Schema(Query, extensions=[Loud], execution_context_class=Execution)
    assert loud.execute_sync("{ thing { text } }").data == {"thing": {"text": "a!"}}
