"""The development data's own vectors for phones, e-mail addresses and device ids."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from knotwork_graph.policy import IdentifierRule
from knotwork_resolvers.normalise import mailbox_flags, normalise_one

pytestmark = pytest.mark.shared_data

PHONE = IdentifierRule("phone", normaliser="phone")
EMAIL = IdentifierRule("email", normaliser="email", provider_rules=True)
DEVICE = IdentifierRule("device", normaliser="device")
TODAYS_MOBILE = ("08", "033", "036", "037", "038", "039", "052", "055", "056", "058", "059", "070", "076", "077", "079")


@pytest.fixture
def vectors(shared_data: Path) -> dict[str, Any]:
    text = (shared_data / "vietnam" / "normalisation_vectors.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def test_old_mobile_prefixes_become_those_of_2018(vectors: dict[str, Any]) -> None:
    confirmed = [one for one in vectors["phone_mobile_2018"] if one["status"] == "confirmed"]
    assert len(confirmed) == 21
    wrong = [text for one in confirmed for text in one["inputs"] if normalise_one(PHONE, text) != (one["e164"], 0, "")]
    assert wrong == []


def test_the_unconfirmed_prefix_is_not_guessed(vectors: dict[str, Any]) -> None:
    old = [text for one in vectors["phone_mobile_2018"] if one["status"] != "confirmed" for text in one["inputs"][:4]]
    assert [normalise_one(PHONE, text)[1] for text in old] == [2] * 4


def test_phone_formats(vectors: dict[str, Any]) -> None:
    wrong = [one for one in vectors["phone_formats"] if normalise_one(PHONE, one["input"]) != (one["e164"], 0, "")]
    assert wrong == []


def test_phone_rejects(vectors: dict[str, Any]) -> None:
    linking = [one for one in vectors["phone_reject"] if normalise_one(PHONE, one["input"])[1] == 0]
    assert linking == []


def test_area_codes_of_2017(vectors: dict[str, Any]) -> None:
    """All but those whose old numbers look like today's mobile ones: those are read as they would be dialled today."""
    for one in vectors["phone_area_codes_2017"]:
        line = "38261234" if len(one["new_area"]) == 3 else "3826123"
        today = "+84" + one["new_area"][1:] + line
        assert normalise_one(PHONE, one["new_area"] + line) == (today, 0, ""), one
        expected = "+84" + one["old_area"][1:] + line if one["old_area"] in TODAYS_MOBILE else today
        assert normalise_one(PHONE, one["old_area"] + line) == (expected, 0, ""), one


def test_email(vectors: dict[str, Any]) -> None:
    statuses = {"REJECT": 2, "BLOCK": 1, "FLAG": 0}
    for one in vectors["email"]:
        value, status, _ = normalise_one(EMAIL, one["input"])
        assert status == statuses.get(one["canonical"], 0), one
        assert one["canonical"] in (*statuses, value), one
        if one["canonical"] == "FLAG":
            assert mailbox_flags(pa.array([value])).to_pylist() == ["disposable"]


def test_device_ids(vectors: dict[str, Any]) -> None:
    for one in vectors["device_id"]:
        value, status, _ = normalise_one(DEVICE, one["id"])
        assert (status == 0) == one["expect"].startswith("accept"), one
        if "client id = " in one["expect"]:
            assert value == one["expect"].rpartition(" ")[2]
