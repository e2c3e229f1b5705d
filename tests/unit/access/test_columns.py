"""Columns through the mask: in bulk as one by one, whatever the values are."""

from __future__ import annotations

import hmac
import re
from hashlib import sha256

import duckdb
import phonenumbers
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knotwork.access import patterns
from knotwork.access.columns import masked_texts, masked_values
from knotwork.access.masks import Mask
from knotwork.access.patterns import DAY, EMAIL, PHONE, any_phone, mask_email, mask_phone, mask_text
from knotwork.access.roles import Role
from knotwork.access.secret import Secret
from knotwork.service.columns import id_sql, ids
from knotwork.service.members import JOIN_HASH, give_pads
from knotwork_graph.model import customer_id

MASK = Mask(Role.ANALYST)
DIGITS = st.text("0123456789", max_size=14)
VALUES = st.one_of(
    st.none(),
    st.text(max_size=20),
    st.text("ab@.+084 -\u00a0\u0661é\n", max_size=24),
    st.builds("{}@{}".format, st.text("abz.-_ @", max_size=6), st.text("ab.@ ", max_size=8)),
    st.builds("{}{}".format, st.sampled_from(["+84", "+849", "0", "84", "+1", "+39", "x84", "+840"]), DIGITS),
    st.emails(),
)
KINDS = st.sampled_from(["email", "phone", "zalo_id", "name", "cookie", "user_id"])


@settings(max_examples=300, derandomize=True)
@given(st.lists(st.tuples(KINDS, VALUES), max_size=30))
def test_values_in_bulk_are_masked_as_each_is_alone(rows: list[tuple[str, str | None]]) -> None:
    kinds, values = pa.array([one for one, _ in rows], pa.string()), pa.array([two for _, two in rows], pa.string())
    alone = [None if value is None else MASK.value(kind, value) for kind, value in rows]
    assert masked_values(kinds, values, MASK).to_pylist() == alone


@settings(max_examples=300, derandomize=True)
@given(st.lists(VALUES, max_size=30))
def test_texts_in_bulk_are_masked_as_each_is_alone(texts: list[str | None]) -> None:
    alone = [None if text is None else MASK.text(text) for text in texts]
    assert masked_texts(pa.array(texts, pa.string()), MASK).to_pylist() == alone


@settings(max_examples=300, derandomize=True)
@given(VALUES.filter(bool))
def test_what_is_soon_seen_is_what_looking_closely_finds(text: str) -> None:
    assert mask_phone(text) == any_phone(text)
    closely = EMAIL.sub(lambda found: mask_email(found[0]), text)
    assert mask_text(text) == PHONE.sub(lambda found: found[0] if DAY.match(found[0]) else any_phone(found[0]), closely)


INTERNATIONAL = st.one_of(
    st.from_regex(r"\+[1-9][0-9]{3,15}", fullmatch=True),
    st.from_regex(r"(0|00|84|1|800)?[0-9]{15,26}", fullmatch=True),
    st.builds("+{}{}".format, st.sampled_from(sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)), DIGITS),
)


@settings(max_examples=500, derandomize=True)
@given(INTERNATIONAL)
def test_numbers_of_every_country_are_masked_as_the_library_reads_them(text: str) -> None:
    code, national = patterns._parsed(text)
    known = patterns._international(text) if patterns.INTERNATIONAL.fullmatch(text) else None
    assert known in (None, (code, national))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(patterns, "TOO_LONG", re.compile(patterns.NEVER))
        patched.setattr(patterns, "_international", lambda _: None)
        closely = any_phone(text)
    assert any_phone(text) == closely


def test_the_library_is_not_asked_for_what_is_soon_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "_parsed", lambda text: pytest.fail(f"asked for {text}"))
    assert any_phone("+33612345678") == "+33 61 *** **78"
    assert any_phone("0361234567890123456") == "***"


@pytest.mark.parametrize("text", ["+84901234521", "c-8f3a", "Order Completed", "10482"])
def test_a_plain_value_is_not_looked_at_closely(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("any_phone", "EMAIL"):
        monkeypatch.delattr(patterns, name)
    assert MASK.value("phone" if text.startswith("+") else "cookie", text) in ("+84 90 *** **21", text)


def test_what_most_values_look_like_takes_the_short_road() -> None:
    kinds = pa.array(["email", "email", "phone", "cookie"])
    values = pa.array(["nguyenlan@gmail.com", "ab@x.vn", "+84901234521", "c-8f3a"])
    never = Slow(Role.ANALYST)
    assert masked_values(kinds, values, never).to_pylist() == [
        "ng***@gmail.com",
        "a***@x.vn",
        "+84 90 *** **21",
        "c-8f3a",
    ]


class Slow(Mask):
    """A mask that no single value may be put through."""

    def value(self, kind: str, value: str) -> str:
        raise AssertionError((kind, value))

    text = value  # type: ignore[assignment]  # it is never called


def test_who_sees_in_clear_sees_what_is_there() -> None:
    clear, values = Mask(Role.STEWARD, clear=True), pa.array(["lan@x.vn", None])
    assert masked_values(pa.array(["email", "email"]), values, clear) is values
    assert masked_texts(values, clear) is values


TEXTS = st.one_of(st.text(max_size=12), st.text("\\x4'é\"\n", max_size=8), st.sampled_from(["", "\\x41", "a" * 300]))


@settings(max_examples=50, derandomize=True)
@given(st.lists(st.tuples(KINDS, TEXTS), min_size=1, max_size=5))
def test_the_engine_hashes_as_each_key_alone_is(rows: list[tuple[str, str]]) -> None:
    secret = Secret(b"s" * 32)
    with duckdb.connect() as connection:
        give_pads(connection, secret)
        connection.register("members", pa.table({"type": [one for one, _ in rows], "value": [two for _, two in rows]}))
        found = connection.sql(f"SELECT {JOIN_HASH} FROM members").fetchall()
    keys = [f"{kind}:{value}" for kind, value in rows]
    plain = [hmac.new(secret.of(b"join"), key.encode(), sha256).hexdigest()[:32] for key in keys]
    assert [one for (one,) in found] == [secret.join_hash(key) for key in keys] == plain


def test_the_engine_writes_ids_as_they_are() -> None:
    numbers = [1, 31, 32, 1023, (1 << 25) - 1, 1 << 25, (1 << 25) + 1, 1 << 40, (1 << 50) - 1]
    rows = pa.table({"number": pa.array([*numbers, 0, -1, None], pa.int64())})
    with duckdb.connect() as connection:
        connection.register("rows", rows)
        found = [one for (one,) in connection.sql(f"SELECT {id_sql('number')} FROM rows").fetchall()]
    assert found == [*map(customer_id, numbers), None, None, None]
    assert ids(rows["number"].combine_chunks()[:-1]).to_pylist() == found[:-1]
