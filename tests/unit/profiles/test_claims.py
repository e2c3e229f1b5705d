"""What the events of a customer claim: read text by text, and the same as event by event."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knotwork_resolvers.profiles.bodies import said
from knotwork_resolvers.profiles.claims import Claim, Telling, claims_of

BODIES = st.dictionaries(st.sampled_from(["city", "name"]), st.sampled_from(["Hue", "Lan", 5, "5", "", None]))
EVENTS = st.lists(st.tuples(st.sampled_from(["web", "crm"]), BODIES, st.booleans()), max_size=12)


def one_by_one(tellings: list[Telling]) -> set[Claim]:
    """The claims, by asking each event for itself."""
    heard: dict[tuple[str, str, str], list[tuple[Telling, bool]]] = {}
    for told in tellings:
        for trait, value, text in said(told.traits):
            heard.setdefault((trait, value, told.source), []).append((told, text))
    found = set()
    for key, every in heard.items():
        (first, _), (last, _) = every[0], every[-1]
        vouched, text = sum(told.vouched for told, _ in every), any(text for _, text in every)
        times = first.at, last.at, len(every), vouched
        found.add(Claim(*key, text, *times, first.event_id, last.event_id))
    return found


@given(EVENTS)
def test_claims_are_those_of_each_event_for_itself(events: list[tuple[str, dict[str, object], bool]]) -> None:
    tellings = [
        Telling(100 + place, place // 2, source, json.dumps(body), vouched)
        for place, (source, body, vouched) in enumerate(events)
    ]
    claims = claims_of(tellings)
    assert len(set(claims)) == len(claims)
    assert set(claims) == one_by_one(tellings)


def test_a_text_that_comes_again_is_taken_apart_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def noted(text: str) -> tuple[()]:
        read.append(text)
        return ()

    monkeypatch.setattr("knotwork_resolvers.profiles.claims.said", noted)
    claims_of(Telling(place, place, "web", "{}" if place % 2 else "[]", vouched=False) for place in range(10))
    assert sorted(read) == ["[]", "{}"]
