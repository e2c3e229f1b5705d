"""E-mail addresses as forms let them through."""

from __future__ import annotations

import pyarrow as pa
import pytest

from knotwork_graph.policy import IdentifierRule
from knotwork_resolvers.normalise import mailbox_flags, normalise_one

EMAIL = IdentifierRule("email", normaliser="email")
ONE_MAILBOX = IdentifierRule("email", normaliser="email", provider_rules=True)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (" LAN@Example.COM\t", "lan@example.com"),
        ("mailto:Lan@example.com", "lan@example.com"),
        ("lan@example.com.", "lan@example.com"),
        ("lan@example.com;", "lan@example.com"),
        ("ＬＡＮ＠ｅｘａｍｐｌｅ.ｃｏｍ", "lan@example.com"),
        ("l\u200ban@example.com", "lan@example.com"),
        ("lan@Bücher.example", "lan@xn--bcher-kva.example"),
        ("lan@例え。jp", "lan@xn--r8jz45g.jp"),
        ("Nguyễn@example.com", "nguyễn@example.com"),
        ("first.last+tag@gmail.com", "first.last+tag@gmail.com"),
        ("o'brien@sub.example.co.uk", "o'brien@sub.example.co.uk"),
        ("testa@example.com", "testa@example.com"),
    ],
)
def test_one_form_for_all_ways_of_writing(written: str, value: str) -> None:
    assert normalise_one(EMAIL, written) == (value, 0, "")


@pytest.mark.parametrize(
    "written",
    [
        "lan",
        "lan@",
        "@example.com",
        "lan@example",
        "lan@@example.com",
        "l an@example.com",
        "lan..a@example.com",
        ".lan@example.com",
        "lan@-example.com",
        "lan@example-.com",
        "lan@192.168.0.1",
        "lan@exa_mple.com",
        "a@b.com, c@d.com",
        "x" * 65 + "@example.com",
        "lan@" + "x" * 64 + ".com",
        "lan@" + "abcdefgh." * 30 + "com",
        "ü" * 65 + "@example.com",
    ],
)
def test_what_is_no_address(written: str) -> None:
    assert normalise_one(EMAIL, written) == (written, 2, "not an e-mail address")


@pytest.mark.parametrize(
    "written",
    [
        "noreply@shop.example",
        "No-Reply@shop.example",
        "no_reply+7f3a@shop.example",
        "noreply-orders@shop.example",
        "donotreply@shop.example",
        "test@test.com",
        "TEST+1@gmail.com",
        "example@shop.example",
        "null@shop.example",
        "mailto:noemail@shop.example",
        "khongco@gmail.com",
    ],
)
def test_mailboxes_of_nobody_are_blocked(written: str) -> None:
    value, status, reason = normalise_one(EMAIL, written)
    assert (value, status) == (written, 1)
    assert "no person's" in reason


def test_letters_of_german_domains_are_not_confused() -> None:
    assert normalise_one(EMAIL, "a@straße.example")[0] != normalise_one(EMAIL, "a@strasse.example")[0]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("Foo.Bar+x@Gmail.com", "foobar@gmail.com"),
        ("foo.bar@googlemail.com", "foobar@gmail.com"),
        ("foo.bar+x@yahoo.com", "foo.bar@yahoo.com"),
        ("foo-bar@yahoo.com", "foo-bar@yahoo.com"),
        ("a.b@notgmail.com", "a.b@notgmail.com"),
        ("+x@example.com", "+x@example.com"),
    ],
)
def test_provider_rules_give_one_form_for_one_mailbox(written: str, value: str) -> None:
    assert normalise_one(ONE_MAILBOX, written) == (value, 0, "")


def test_role_and_disposable_mailboxes_are_flagged_and_kept() -> None:
    addresses = ["lan@example.com", "info@example.com", "x@mailinator.com", "x@eu.yopmail.com", "x@notmailinator.com"]
    assert mailbox_flags(pa.array(addresses)).to_pylist() == ["", "role", "disposable", "disposable", ""]
    assert [normalise_one(EMAIL, one)[1] for one in addresses] == [0] * 5
