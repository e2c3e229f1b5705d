"""What holds for every normaliser and every text."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knotwork_graph.policy import NORMALISERS, IdentifierRule
from knotwork_resolvers.normalise import normalise_one, normalise_values

RULES = [IdentifierRule("it", normaliser=name, blocked=("info@*",)) for name in NORMALISERS]
RULES += [IdentifierRule("it", normaliser="email", provider_rules=True)]
RULES += [IdentifierRule("it", normaliser="phone", region="GB")]

digits = st.text("0123456789０٣ +-().xX*#‎", min_size=5, max_size=18)
numbers = st.builds("{}{}".format, st.sampled_from(["0", "84", "+84", "+44", "+1", "+390", ""]), digits)
mailboxes = st.text("aB.+@-_ßİΣéｌ。,;: \u200b\u00ad", min_size=1, max_size=14)
addresses = st.builds("{}@{}.{}".format, mailboxes, mailboxes, st.sampled_from(["com", "VN", "例え", ""]))
texts = st.one_of(st.text(max_size=20), numbers, addresses, st.from_regex(r"\A\{?GA1\.[0-9]\.[0-9.]+\}?\Z"))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.normaliser}-{rule.provider_rules}-{rule.region}")
@settings(max_examples=60)
@given(text=texts)
def test_total_and_idempotent(rule: IdentifierRule, text: str) -> None:
    once = normalise_one(rule, text)
    assert once[1] in (0, 1, 2)
    assert (once[2] == "") == (once[1] == 0)
    assert normalise_one(rule, once[0]) == once or once[2] == "not valid Unicode text"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.normaliser}-{rule.provider_rules}-{rule.region}")
@settings(max_examples=20)
@given(values=st.lists(texts.filter(lambda text: text.isprintable()), max_size=8))
def test_a_value_fares_the_same_alone_and_among_others(rule: IdentifierRule, values: list[str]) -> None:
    done = normalise_values(rule, pa.array(values, pa.string()))
    rows = zip(done.value.to_pylist(), map(int, done.status), done.reason.to_pylist(), strict=True)
    assert list(rows) == [normalise_one(rule, text) for text in values]


def test_half_a_character_is_invalid_and_does_not_stop_anybody() -> None:
    assert normalise_one(IdentifierRule("it"), "a\ud800") == ("a?", 2, "not valid Unicode text")


def test_nulls_and_chunks_are_taken() -> None:
    values = pa.chunked_array([pa.array(["a", None]), pa.array(["b"])])
    done = normalise_values(IdentifierRule("it"), values)
    assert (done.value.to_pylist(), list(done.status)) == (["a", "", "b"], [0, 1, 0])
    assert normalise_values(IdentifierRule("it"), pa.array([], pa.large_string())).value.to_pylist() == []


def test_reasons_do_not_repeat_the_value() -> None:
    done = normalise_values(RULES[0], pa.array(["info@secret.example", "secret", "noreply@secret.example"]))
    assert not any("secret" in reason for reason in done.reason.to_pylist())
