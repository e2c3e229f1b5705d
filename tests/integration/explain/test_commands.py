"""The three commands over a real workspace."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import knotwork
from knotwork.cli.main import status
from tests.integration.explain.conftest import LIMITED


@pytest.fixture
def ran(shop, capfd):
    """What a command answers over two users on one device: status, standard output, standard error."""
    kw = shop(LIMITED, *({"user_id": "1", "device": "d"},) * 3, {"user_id": "2", "device": "d"})
    kw.close()

    def run(*arguments: str) -> tuple[int, str, str]:
        ended = status(["--workspace", str(kw.layout.folder), *arguments], lambda folder: knotwork.open(folder))
        printed = capfd.readouterr()
        return ended, printed.out, printed.err

    run.folder = kw.layout.folder
    return run


def test_why_as_text_and_as_json(ran):
    ended, text, _ = ran("why", "user_id:1", "device:d")
    assert ended == 0
    assert text.startswith("user_id:1 and device:d are one customer, cus_0000000001.\n")
    document = json.loads(ran("why", "user_id:1", "device:d", "--format", "json")[1])
    assert document["paths"][0]["links"][0]["samples"][0]["message_id"] == "m-1"


def test_why_not_as_text_and_as_json(ran):
    ended, text, _ = ran("why-not", "user_id:2", "device:d")
    assert ended == 0
    assert "identifiers.user_id.max_per_customer = 2" in text
    document = json.loads(ran("why-not", "user_id:2", "device:d", "--format", "json")[1])
    assert document["between"][0]["kind"] == "severed"


def test_each_of_both_says_so_where_the_other_is_meant(ran):
    assert "knotwork why-not user_id:2 device:d" in ran("why", "user_id:2", "device:d")[1]
    assert "knotwork why user_id:1 device:d" in ran("why-not", "user_id:1", "device:d")[1]


def test_simulate_as_text_and_as_json(ran):
    other = Path(ran.folder, "other.toml")
    other.write_text(LIMITED.replace("max_per_customer = 1", "max_per_customer = 2"), encoding="utf-8")
    ended, text, _ = ran("simulate", str(other))
    assert ended == 0
    assert "2 customers would become one" in text
    assert max(map(len, text.splitlines())) <= 80
    assert json.loads(ran("simulate", str(other), "--format", "json")[1])["merged"] == 2


@pytest.mark.parametrize(
    ("arguments", "ended", "word"),
    [
        (("why", "user_id:1", "user_id:1"), 1, "one and the same"),
        (("why", "user_id:1", "email:a@b.vn"), 1, "was ever seen"),
        (("why-not", "user_id:1", "cus_00000000ZZ"), 1, "no customer was ever called"),
        (("why-not", "user_id:1", "lan"), 2, "write it as type:value"),
        (("simulate", "absent.toml"), 1, "no such file"),
        (("why", "user_id:1"), 2, "Missing argument"),
    ],
)
def test_failures_are_sentences(ran, arguments, ended, word):
    found = ran(*arguments)
    assert found[0] == ended
    assert found[1] == ""
    assert word in found[2]
    assert "Traceback" not in found[2]
