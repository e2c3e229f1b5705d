"""What is blocked everywhere, and what a policy blocks, against plain references of both."""

from __future__ import annotations

import fnmatch
import re

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from knotwork_graph.errors import PolicyError
from knotwork_graph.policy import IdentifierRule
from knotwork_resolvers.normalise import normalise_one, normalise_values
from knotwork_resolvers.normalise.globs import glob_expression

WORDS = ("", "null", "none", "nil", "undefined", "nan", "anonymous", "guest", "unknown", "true", "false", "0", "-1")
PATTERNS = ("info@*", "[ab]?c", "[!x]*z", "lan", "re:^shop[0-9]+@", "re:(?i)kiosk")
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
near = st.text("abcxyzAZ@*?[]!-^\\0ıİKß. ", max_size=8)


def usable(text: str, patterns: tuple[str, ...]) -> bool:
    """The definition, one value at a time."""
    value = text.strip()
    if value.lower() in (*WORDS, "[object object]") or re.match(r"^[0-]*$", value):
        return False
    globs = [one for one in patterns if not one.startswith("re:")]
    found = [re.search(one[3:], value) for one in patterns if one.startswith("re:")]
    return not any(found) and not any(fnmatch.fnmatchcase(value.lower(), one.lower()) for one in globs)


@pytest.mark.parametrize("word", [*WORDS, "[object Object]", " NULL ", "Guest", "000", "0-0-0", "-", "\u3000"])
def test_placeholders_are_blocked_everywhere(word: str) -> None:
    value, status, reason = normalise_one(IdentifierRule("cookie"), word)
    assert (value, status) == (word.strip(), 1)
    assert reason


@pytest.mark.parametrize("word", ["nullable", "guest1", "10", "-2", "0a", "ka", "unknowns"])
def test_what_only_resembles_them_links(word: str) -> None:
    assert normalise_one(IdentifierRule("cookie"), word) == (word, 0, "")


@given(st.lists(st.one_of(texts, near, st.sampled_from(WORDS).map(str.title)), max_size=20))
@example(["İnfo@x", "INFO@x", "a\nc", "ABC", "Shop1@", "shop1@", "KIOSK", "LAN", "un\u212anown"])
def test_exact_values_are_blocked_as_defined(values: list[str]) -> None:
    done = normalise_values(IdentifierRule("it", blocked=PATTERNS), pa.array(values, pa.string()))
    assert [status == 0 for status in done.status] == [usable(text, PATTERNS) for text in values]


@given(near, st.one_of(near, texts))
@example("[]a]", "]")
@example("[!]a]", "b")
@example("[z-a]", "m")
@example("[!z-a]", "m")
@example("[a-c-e]", "-")
@example("[", "[")
@example("*", "a\nb")
@example("[\\]", "\\")
def test_globs_mean_what_they_mean_in_fnmatch(pattern: str, value: str) -> None:
    found = pc.match_substring_regex(pa.array([value]), glob_expression(pattern))[0].as_py()
    assert found == fnmatch.fnmatchcase(value, pattern)


def test_patterns_see_the_value_before_and_after_normalising() -> None:
    rule = IdentifierRule("phone", normaliser="phone", blocked=("+84903123*", "0912 *"))
    assert normalise_one(rule, "0903 123 456")[1:] == (1, "blocked by a pattern of the policy")
    assert normalise_one(rule, "0912 345 678")[1] == 1
    assert normalise_one(rule, "0912345678")[1] == 0


def test_many_patterns_are_all_obeyed() -> None:
    rule = IdentifierRule("it", blocked=(*(f"shop-{number}-*" for number in range(2000)), "re:tail$"))
    done = normalise_values(rule, pa.array(["shop-0-a", "shop-1999-b", "shop-2000-c", "the tail"]))
    assert list(done.status) == [1, 1, 0, 1]


def test_an_expression_that_cannot_be_run_is_refused_with_its_key() -> None:
    with pytest.raises(PolicyError, match=r"identifiers\.email\.blocked: .*look-aheads"):
        normalise_one(IdentifierRule("email", blocked=("re:(?=a)",)), "x")
