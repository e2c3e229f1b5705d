"""The truth covers everything that happened, in the form that resolution uses."""

from __future__ import annotations

import re

import phonenumbers
import pytest

from knotwork_seeds.phones import PREFIXES

OLD = {f"84{old}": f"84{new}" for new, old in PREFIXES if old}


def normal(kind: str, raw: str) -> str:
    """What resolution makes of a raw value, written a second time, without a look at how values are made."""
    if kind in ("email", "device", "advertising_id"):
        return raw.strip().lower()
    if kind == "phone" and set(raw) != {"0"}:
        digits = re.sub(r"\D", "", raw)
        digits = "84" + digits[1:] if digits.startswith("0") else digits
        if len(digits) == 12 and digits[:5] in OLD:
            digits = OLD[digits[:5]] + digits[5:]
        return "+" + digits
    return raw


def test_every_event_has_its_truth_and_no_other(made):
    assert made.one("SELECT count(*) FROM events ANTI JOIN truth_events USING (source, message_id)") == 0
    assert made.one("SELECT count(*) FROM truth_events ANTI JOIN events USING (source, message_id)") == 0
    assert made.one("SELECT count(*) - count(DISTINCT (source, message_id)) FROM truth_events") == 0


def test_every_identifier_on_events_has_its_truth_and_no_other(made):
    used = {
        (kind, normal(kind, raw), person or "")
        for kind, raw, person in made.rows(
            "SELECT DISTINCT type, raw, person FROM used JOIN truth_events USING (source, message_id)"
        )
    }
    told = {
        (kind, value, person or "")
        for kind, value, person in made.rows("SELECT type, value, person FROM truth_identifiers")
    }
    assert used == told


@pytest.mark.parametrize("kind", ["cookie", "order_number", "loyalty_card", "user_id"])
def test_from_and_to_are_the_first_and_the_last_time(made, kind):
    # an identifier that a wrong clock has met is left out: the truth knows the real time, the events do not
    rows = made.rows(
        "SELECT epoch(min(time)) - epoch(CAST(any_value(t.from) AS TIMESTAMPTZ)),"
        " epoch(max(time)) - epoch(CAST(any_value(t.to) AS TIMESTAMPTZ))"
        " FROM used JOIN truth_events USING (source, message_id) JOIN truth_identifiers AS t"
        f" ON t.type = used.type AND t.value = used.raw AND t.person = truth_events.person WHERE t.type = '{kind}'"
        " GROUP BY t.value, t.person HAVING NOT bool_or(coalesce(truth_events.cause, '') LIKE '%wrong_clock%')"
    )
    assert len(rows) > 100
    assert all(0 <= first < 1 and 0 <= last < 1 for first, last in rows)


def test_phones_are_valid_numbers_in_e164(made):
    phones = [value for (value,) in made.rows("SELECT DISTINCT value FROM truth_identifiers WHERE type = 'phone'")]
    real = [phone for phone in phones if phone != "0000000000"]
    assert len(real) > 500
    assert [phone for phone in real if not phonenumbers.is_valid_number(phonenumbers.parse(phone))] == []
    assert any(not phone.startswith("+84") for phone in real)


def test_raw_phones_come_in_many_ways_and_with_old_prefixes(made):
    raw = [value for (value,) in made.rows("SELECT DISTINCT raw FROM used WHERE type = 'phone'")]
    shapes = {re.sub(r"\d+", "9", value) for value in raw}
    assert {"9", "+9", "9 9 9", "9.9.9", "+9 9-9-9"} <= shapes
    assert any(re.fullmatch(r"01\d{9}", value) for value in raw)


def test_raw_emails_come_in_capitals_and_with_blanks(made):
    raw = [value for (value,) in made.rows("SELECT DISTINCT raw FROM used WHERE type = 'email'")]
    assert any(value.isupper() for value in raw)
    assert any(value != value.strip() for value in raw)


@pytest.mark.parametrize("kind", ["user_id", "loyalty_card", "zalo_id", "order_number", "cookie"])
def test_what_is_not_marked_belongs_to_one_person(made, kind):
    shared = made.rows(
        f"SELECT value FROM truth_identifiers WHERE type = '{kind}' AND coalesce(cause, '') NOT IN"
        " ('qa_constant', 'kiosk', 'family_tablet', 'couple_account') GROUP BY value HAVING count(DISTINCT person) > 1"
    )
    assert shared == []


def test_loyalty_cards_pass_the_check_of_luhn(made):
    for (card,) in made.rows("SELECT value FROM truth_identifiers WHERE type = 'loyalty_card'"):
        digits = [int(digit) for digit in reversed(card)]
        total = sum(digits[::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])
        assert total % 10 == 0


def test_truth_of_people_names_everybody_once(made):
    assert made.one("SELECT count(*) = 1000 AND count(DISTINCT person) = 1000 FROM truth_people")
    assert 1.8 < 1000 / made.one("SELECT count(DISTINCT household) FROM truth_people") < 2.6
    assert (
        made.one(
            "SELECT count(*) FROM truth_events WHERE person <> '' AND person NOT IN (SELECT person FROM truth_people)"
        )
        == 0
    )
