"""Matching as a whole: order, guards, bad input, lessons."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knotwork_resolvers.match import Lessons, MatchSettings, Records, Values, match
from tests.unit.match.people import GIVEN, STREETS, crowd, records, told_of


def groups(found, ids=None):
    """The groups of more than one, as sets of ids."""
    ids = range(len(found.group)) if ids is None else ids
    parts = {}
    for one, group in zip(ids, found.group.tolist(), strict=True):
        parts.setdefault(group, set()).add(int(one))
    return sorted(map(sorted, (part for part in parts.values() if len(part) > 1)))


def proposed(found):
    return {(row["left"], row["right"]): row["band"] for row in found.pairs.to_pylist()}


def test_second_records_with_errors_are_joined_and_nobody_else():
    assert groups(match(records(crowd(300, 100)))) == [[place, 300 + place] for place in range(100)]


@given(st.randoms(use_true_random=False))
@settings(max_examples=5, deadline=None)
def test_the_order_of_the_records_decides_nothing(random):
    rows = crowd(150, 50)
    order = list(range(len(rows)))
    random.shuffle(order)
    some = records(rows)
    other = records([rows[place] for place in order])
    moved = Records(np.array(order), other.values, other.roles)
    one, two = match(some), match(moved)
    assert one.pairs.equals(two.pairs)
    assert groups(one) == groups(two, order)
    assert one.model == two.model


def test_the_same_records_give_the_same_answer_twice():
    some = records(crowd(700, 200))
    assert match(some).pairs.equals(match(some).pairs)


def test_records_without_any_second_one_are_left_alone():
    found = match(records(crowd(400, 0)))
    assert groups(found) == []


TWIN = {"family_name": "villanueva", "street": "7 hidden court", "phone": "+4915155550001", "birth_date": "1984-03-09"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({**TWIN, "given_name": "rosa"}, {**TWIN, "given_name": "teodoro"}),
        ({**TWIN, "given_name": "rosa"}, {**TWIN, "given_name": "teodoro", "birth_date": "1979-11-22"}),
        ({**TWIN, "given_name": "teodoro"}, {**TWIN, "given_name": "teodoro", "birth_date": "1951-11-28"}),
    ],
    ids=["twins", "a couple", "father and son of one name"],
)
@pytest.mark.parametrize("people", [20, 400])
def test_people_of_one_household_stay_apart(one, other, people):
    rows = [*crowd(people, people // 3), one, other]
    assert [len(rows) - 2, len(rows) - 1] not in groups(match(records(rows)))


@pytest.mark.parametrize("people", [20, 400])
def test_a_couple_known_by_name_and_address_alone_stays_apart(people):
    rows = [{"name": f"{row['given_name']} {row['family_name']}", "address": row["street"]} for row in crowd(people, 0)]
    home = {"address": "7 hidden court, villanova"}
    rows += [{**home, "name": "Anita Thomas"}, {**home, "name": "Christina Thomas"}, *rows[: people // 3]]
    assert (people, people + 1) not in proposed(match(records(rows)))


def families(count, homes=10):
    """People no two of whom are one, in homes of three; in each tenth home (``homes``) two are twins, of one day."""
    people = crowd(count, 0, seed=4)
    for place, row in enumerate(people):
        first = people[place - place % 3]
        row |= {kind: first[kind] for kind in ("family_name", "street", "phone")}
        row |= {"given_name": GIVEN[place % len(GIVEN)], "email": ""}
        if place % (3 * homes) == 1:
            row["birth_date"] = first["birth_date"]
    return people


@pytest.mark.parametrize("homes", [10, 2])
def test_families_without_any_second_record_are_left_alone(homes):
    assert groups(match(records(families(600, homes)))) == []


def test_twins_teach_nothing_of_names_and_who_agrees_on_an_own_mailbox_does():
    """Half of the second records bear another given name; only a mailbox says that they are the same people."""
    once, names = families(600), [row["given_name"] for row in crowd(600, 0, seed=8)]
    again = [{**row, "given_name": names[place]} for place, row in enumerate(once)][:200]
    mail = [{**row, "email": f"{place * 7919}@own.example"} for place, row in enumerate(again)]
    alone, borne = (match(records([*once, *twice])).model for twice in (again, mail))
    assert differing(alone) < 0.025
    both = [{**row, "email": f"{place * 7919}@own.example"} if place < 200 else row for place, row in enumerate(once)]
    assert differing(match(records([*both, *mail])).model) > 0.3
    assert differing(borne) < 0.025


def differing(model):
    """How often given names differ within one person, as the model has it."""
    return next(each.m[-1] for each in model.weights if each.kind == "given_name")


def test_who_moved_has_another_street_and_town_and_postcode_for_one_reason():
    old = {"given_name": "theodora", "street": "4 north yard", "city": "leeds", "postcode": "20901"}
    new = {"given_name": "theodora", "street": "88 quay", "city": "bremen", "postcode": "77120"}
    near = {**new, "city": "leeds"}
    towns = [{"city": f"{name} wood", "postcode": f"{place * 7919 + 10007}"} for place, name in enumerate(GIVEN)]
    rows = [{**row, **towns[place % len(towns)]} for place, row in enumerate(crowd(60, 20))]
    some = records([*rows, old, new, near])
    away, (town, street, code) = ("city", "street", "postcode"), range(3)
    moved, within = (bits_of(some, 80, other, away) for other in (81, 82))
    assert sorted(moved)[1:] == [0.0, 0.0]
    assert min(moved) < 0
    assert within[town] > 0
    assert within[street] < 0
    assert within[code] < 0


def bits_of(some, one, other, kinds):
    told = told_of(some, one, other, match(some).model)
    bits = {part.kind: part.bits for part in told.parts}
    return [bits[kind] for kind in kinds]


def offices(count: int, people: int, again: int = 0) -> list[dict[str, str]]:
    """``people`` of ``count`` offices, with the address, telephone and name of these; ``again`` of them twice."""
    rows = []
    for number, own in enumerate(crowd(people, 0, seed=7)):
        where = number % count
        office = {"street": f"{where} {STREETS[where % 7]}", "city": f"town {where}", "phone": f"+44207{where:07}"}
        rows.append(own | office | {"company": f"firm {where} trading"})
    return rows + [row | {"email": ""} for row in rows[:again]]


def test_who_works_in_one_office_is_not_one_person():
    found = match(records(offices(10, 600)))
    assert len(set(found.group.tolist())) == 600
    assert {each.other for each in found.model.leanings} >= {"city", "company", "phone", "street"}


def test_who_comes_twice_into_an_office_list_is_found():
    found = match(records(offices(10, 600, again=100)))
    assert (found.group[600:] == found.group[:100]).all()
    assert len(set(found.group.tolist())) == 600


def test_a_mailbox_of_a_company_joins_nobody():
    rows = [{**row, "email": "office@firm.example"} for row in crowd(40, 0, seed=5)]
    found = match(records([*crowd(300, 60), *rows]))
    assert all(max(part) < 360 for part in groups(found))


@pytest.mark.parametrize("verified", ["verified", "identifier"])
def test_two_verified_ids_hold_apart_what_all_else_would_join(verified):
    row = {**crowd(1, 0, seed=9)[0]}
    rows = [*crowd(300, 60), {**row, "account": "u-1001"}, {**row, "account": "u-2077"}]
    found = match(records(rows, {"account": verified}))
    assert ([360, 361] in groups(found)) == (verified == "identifier")
    assert proposed(found)[360, 361] == ("propose" if verified == "verified" else "join")


def test_ten_thousand_records_of_a_placeholder_are_quick_and_nobody():
    rows = [{"name": "Khách hàng", "birth_date": "1900-01-01", "phone": "0"} for _ in range(10_000)]
    found = match(records([*crowd(300, 60), *rows]))
    assert found.report.pairs < 100_000
    assert all(max(part) < 360 for part in groups(found))


def test_ten_thousand_records_of_one_common_value_make_no_explosion():
    rows = [{"city": "hanoi", "gender": "f"} for _ in range(10_000)]
    found = match(records([*crowd(300, 60), *rows]))
    assert found.report.distinct == 361
    assert all(max(part) < 360 for part in groups(found))


ODD = [
    "",
    " ",
    "a",
    "😀",
    "😀😀",
    "שלום עולם",
    "مرحبا",
    "null",
    "N/A",
    "x",
    "\u200b",
    "Ω",
    "1900-01-01",
    "'; --",
    "a" * 500,
]


@pytest.mark.parametrize("kind", ["name", "given_name", "birth_date", "email", "phone", "address", "gender", "note"])
def test_odd_values_are_borne_and_join_nobody(kind):
    rows = [{kind: text} for text in ODD for _ in range(3)]
    found = match(records([*crowd(60, 20), *rows]))
    assert all(max(part) < 80 for part in groups(found))


@given(st.lists(st.fixed_dictionaries({}, optional={
    "name": st.text(max_size=8), "birth_date": st.text(alphabet="0123456789-/", max_size=10),
    "phone": st.text(alphabet="+0123456789*x ", max_size=13), "email": st.text(alphabet="ab@.+", max_size=8),
    "address": st.text(max_size=8), "postcode": st.text(max_size=5)}), max_size=12))  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_any_texts_at_all_are_borne(rows):
    found = match(records([{"note": "b"}, {"note": "c"}, *rows]))
    assert len(found.group) == len(rows) + 2
    assert all(0 <= row["score"] <= 1 for row in found.pairs.to_pylist())


@pytest.mark.parametrize("rows", [[], [{"name": "lan"}], [{"name": "lan"}, {"email": "a@b.org"}]])
def test_next_to_nothing_is_no_hindrance(rows):
    found = match(records(rows))
    assert found.pairs.num_rows == 0
    assert found.group.tolist() == list(range(len(rows)))


def test_a_column_of_constants_changes_no_group():
    rows = crowd(200, 60)
    plain, constant = match(records(rows)), match(records([{**row, "source": "crm"} for row in rows]))
    assert groups(plain) == groups(constant)


def test_a_refused_pair_is_neither_joined_nor_proposed():
    some = records(crowd(200, 60))
    lesson = Lessons(np.array([200]), np.array([0]), np.array([False]))
    found = match(some, lessons=lesson)
    assert (0, 200) not in proposed(found)
    assert [0, 200] not in groups(found)
    assert [1, 201] in groups(found)


def test_lessons_re_weigh_the_model():
    some = records(crowd(120, 30))
    places = np.arange(30)
    taught = match(some, lessons=Lessons(places, places + 120, np.ones(30, bool))).model
    assert taught.version != match(some).model.version


def test_lessons_about_records_that_are_gone_are_left_out():
    some = records(crowd(100, 30))
    found = match(some, lessons=Lessons(np.array([5_000]), np.array([1]), np.array([True])))
    assert found.model == match(some).model


def test_few_records_are_weighed_by_sane_chances():
    found = match(records(crowd(20, 8)))
    assert not found.model.learned
    assert set(map(tuple, groups(found))) <= {(place, 20 + place) for place in range(8)}
    assert len(groups(found)) >= 6


def test_thresholds_are_charted_from_many_to_few():
    chart = match(records(crowd(300, 100))).report.thresholds
    assert [one.pairs for one in chart] == sorted((one.pairs for one in chart), reverse=True)
    assert all(0 <= one.precision <= 1 and 0 <= one.recall <= 1 for one in chart)


def test_bands_follow_the_settings():
    some = records(crowd(300, 100))
    assert set(proposed(match(some, MatchSettings(join_above=0.999_999_999_999, propose_above=0.5))).values()) >= {
        "propose"
    }


def test_columns_of_two_lengths_are_refused():
    with pytest.raises(ValueError, match="one row for each text"):
        Values(np.zeros(2, np.int64), pa.array(["a"]))


FIRMS = (
    "hoa sen",
    "minh long",
    "acme",
    "bright star",
    "an phat",
    "kim cuong",
    "delta",
    "northwind",
    "sao viet",
    "tan tien",
)
TRADES = ("foods", "logistics", "thuong mai", "steel", "du lich")
FORMS = ("Công ty TNHH {}", "{} Co., Ltd", "{} Inc.", "CTY CP {}", "{}")


def firms() -> list[dict[str, str]]:
    """A hundred organisations, half of them twice: another legal form, no marks, a number written otherwise, gaps."""
    rows = []
    for n in range(150):
        at = n % 100
        firm = f"{FIRMS[at % 10]} {TRADES[at // 10 % 5]}" + (" hai" if at >= 50 else "")
        phone = f"028 38{at * 7919 % 100_000:05}"
        rows.append(
            {
                "company": FORMS[(at + n // 100) % 5].format(firm.title() if n < 100 else firm.upper()),
                "address": f"{at * 3 + 1} Lê Lợi, Quận {at % 5 + 1}, TP.HCM" if n < 100 or at % 3 else "",
                "phone": phone if n < 100 else phone.replace(" ", "") if at % 2 else "",
            }
        )
    return rows


def test_messy_organisations_are_found_and_branches_of_a_trade_stay_apart():
    found = match(records(firms())).group.tolist()
    pairs = {(a, b) for a in range(150) for b in range(a + 1, 150) if found[a] == found[b]}
    true = {(n, n + 100) for n in range(50)}
    assert len(pairs - true) <= 1
    assert len(pairs & true) >= 40


@pytest.mark.parametrize("kind", ["company", "name"])
def test_a_short_list_of_firms_is_joined_by_their_names_and_addresses(kind):
    """Whoever is called so and sits there is that firm: no two of one household are."""
    rows = [{kind: row["company"], "address": row["address"]} for row in firms() if row["address"]]
    found = match(records(rows))
    assert {each.role for each in found.model.weights} == {"company", "address"}
    assert len(groups(found)) >= 20
    assert all(len(part) == 2 for part in groups(found))


def test_names_of_people_are_no_firms_because_some_are():
    rows = [{"name": f"{one} {FIRMS[n % 10]}"} for n, one in enumerate(GIVEN * 5)] + [{"name": "acme ltd"}] * 20
    assert [each.role for each in match(records(rows)).model.weights] == ["name"]
