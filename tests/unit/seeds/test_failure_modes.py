"""Every failure mode happens at its rate, is labelled, and does not happen at rate nought."""

from __future__ import annotations

import re
from dataclasses import asdict, fields, replace
from pathlib import Path

import numpy as np
import pytest

from knotwork_graph.errors import UsageError
from knotwork_seeds import FailureRates, Population, generate
from knotwork_seeds.causes import CAUSES, bit
from knotwork_seeds.chunk import chunks_of
from knotwork_seeds.delivery import SOURCES
from knotwork_seeds.events import CALLED, EVENTS
from knotwork_seeds.generate import live, stage
from knotwork_seeds.households import CHILD, PARTNER
from knotwork_seeds.identifiers import TYPES
from knotwork_seeds.people import kept
from knotwork_seeds.visits import PRIVATE, visit

MODES = [rate.name for rate in fields(FailureRates)]
NEVER = FailureRates(**dict.fromkeys(MODES, 0.0))
RATE = 0.2


def only(mode: str, rate: float = RATE, people: int = 3000, months: int = 3):
    """The one chunk of a population in which nothing but this goes wrong."""
    population = Population(people=people, months=months, rates=replace(NEVER, **{mode: rate}))
    return chunks_of(population)[0]


def people_of(mode: str, **more):
    return stage(only(mode, **more)).people


def changed(held) -> np.ndarray:
    return held.after != held.before


def events_with(mode: str) -> float:
    _, log, _ = live(only(mode, people=600))
    return float(((log.cause & bit(mode)) > 0).mean())


def share_of_tablets() -> float:
    people = people_of("family_tablet")
    return float(people.tablet[people.homes.size > 1].mean())


def share_of_family_emails() -> float:
    people = people_of("family_email")
    return float((people.family_email >= 0)[people.homes.size > 1].mean())


def share_of_recycled() -> float:
    # who would take the number of somebody that takes one, too, gets none: (1 - rate) of them are left
    people = people_of("recycled_phone")
    takers = changed(people.phone) & (people.phone.after < len(people))
    return float(takers[people.phone.before >= 0].mean()) / (1 - RATE)


def share_of_resets() -> float:
    chunk = only("cookie_reset", people=500, months=18)
    from knotwork_seeds.devices import clear_cookies

    cleared = clear_cookies(chunk.dice, 500, 18, RATE, 0).cleared
    return float(cleared[:, -1].mean() / 18)


def share_of_private_windows() -> float:
    chunk = only("private_window")
    visits = visit(chunk, stage(chunk).people)
    return float((visits.machine == PRIVATE)[~visits.app].mean())


def share_of_couples() -> float:
    people = people_of("couple_account")
    homes = people.homes
    couples = (homes.role == PARTNER) & (people.account[homes.head] >= 0)
    return float((people.account == homes.head)[couples].mean())


def share_of_twins() -> float:
    homes = people_of("twins").homes
    second = np.flatnonzero(homes.role == CHILD + 1)
    return float((homes.birth[second] == homes.birth[second - 1]).mean())


def share_of_namesakes() -> float:
    people = people_of("namesake")
    homes = people.homes
    sons = np.flatnonzero((homes.role == CHILD) & (homes.gender == 1) & (homes.father >= 0))
    return float((people.kin.given[sons] == homes.father[sons]).mean())


def share_of_second(mode: str, what: str) -> float:
    people = people_of(mode)
    held = getattr(people, what)
    return float(changed(held)[held.before >= 0].mean())


def share_of_agents() -> float:
    _, log, values = live(only("call_centre_device", months=18))
    calls = log.event == CALLED
    devices = (log.identifiers >= 0) & (values.type[log.identifiers] == TYPES.index("device"))
    return float(devices.any(axis=1)[calls].mean())


def share_of_test_values() -> float:
    _, log, values = live(only("qa_constant", people=600))
    known = (log.identifiers >= 0) & (values.type[log.identifiers] > TYPES.index("advertising_id"))
    tested = (log.cause & bit("qa_constant")) > 0
    genuine = known & ((values.cause[log.identifiers] & bit("qa_constant")) == 0)
    return float(tested[genuine.any(axis=1)].mean())


def share_of_wrong_clocks() -> float:
    _, log, _ = live(only("wrong_clock"))
    browsing = np.isin(log.source, [SOURCES.index("web"), SOURCES.index("app")]) & (
        log.event != EVENTS.index("Signed Up")
    )
    return float((log.told != log.time)[browsing].mean())


def share_of_bots() -> float:
    _, log, _values = live(only("bot", people=400))
    robots = log.identifiers[log.person < 0]
    return len(np.unique(robots[robots >= 0])) / 400


def share_of_duplicates() -> float:
    _, log, _ = live(only("duplicate", people=600))
    return len(log.order) / len(log.time) - 1


SHARES = {
    "family_tablet": share_of_tablets,
    "kiosk": lambda: float(people_of("kiosk").kiosk.mean()),
    "family_email": share_of_family_emails,
    "company_mailbox": lambda: float((people_of("company_mailbox").company >= 0).mean()),
    "recycled_phone": share_of_recycled,
    "cookie_reset": share_of_resets,
    "private_window": share_of_private_windows,
    "several_cards": lambda: share_of_second("several_cards", "card"),
    "couple_account": share_of_couples,
    "twins": share_of_twins,
    "namesake": share_of_namesakes,
    "moved_house": lambda: share_of_second("moved_house", "home"),
    "changed_email": lambda: share_of_second("changed_email", "email"),
    "qa_constant": share_of_test_values,
    "bot": share_of_bots,
    "call_centre_device": share_of_agents,
    "late": lambda: events_with("late"),
    "duplicate": share_of_duplicates,
    "wrong_clock": share_of_wrong_clocks,
}


def test_every_rate_has_a_label_and_every_label_a_rate():
    assert set(MODES) == set(CAUSES) == set(SHARES)


def test_the_page_tells_every_rate_and_its_default():
    page = (Path(__file__).resolve().parents[3] / "docs" / "seeds.md").read_text(encoding="utf-8")
    told = {name: float(rate) for name, rate in re.findall(r"^\| `(\w+)` \| ([\d.]+) \|", page, re.MULTILINE)}
    assert told == asdict(FailureRates())


@pytest.mark.parametrize("mode", MODES)
def test_the_share_is_near_its_rate(mode):
    assert SHARES[mode]() == pytest.approx(RATE, abs=0.05)


@pytest.mark.parametrize("mode", MODES)
def test_a_mode_alone_is_labelled_and_nothing_else_is(mode):
    people, log, values = live(only(mode, 0.5, people=400, months=9))
    used = np.unique(log.identifiers[log.identifiers >= 0])
    found = (
        np.bitwise_or.reduce(log.cause) | np.bitwise_or.reduce(people.cause) | np.bitwise_or.reduce(values.cause[used])
    )
    assert found == bit(mode)


def test_nothing_goes_wrong_at_rate_nought(tmp_path):
    made = generate(tmp_path, Population(people=300, rates=NEVER))
    for name in ("truth_events", "truth_identifiers", "truth_people"):
        lines = (tmp_path / f"{name}.csv").read_text().splitlines()
        assert {line.rsplit(",", 1)[1] for line in lines} == {"cause", ""}
    assert made.events == len((tmp_path / "truth_events.csv").read_text().splitlines()) - 1


def test_without_failures_no_identifier_is_shared(tmp_path):
    generate(tmp_path, Population(people=300, rates=NEVER))
    lines = (tmp_path / "truth_identifiers.csv").read_text().splitlines()[1:]
    values = [tuple(line.split(",")[:2]) for line in lines]
    assert len(values) == len(set(values))


def test_a_recycled_number_is_given_up_before_it_is_taken(made):
    overlaps = made.rows(
        "SELECT giver.value FROM truth_identifiers AS giver JOIN truth_identifiers AS taker USING (type, value)"
        " WHERE type = 'phone' AND giver.cause = 'recycled_phone' AND giver.person < taker.person"
        ' AND giver."from" <= taker."to" AND taker."from" <= giver."to"'
    )
    assert overlaps == []


def test_father_and_son_share_their_full_name():
    scene = stage(only("namesake", 1.0, people=500))
    people, names = scene.people, scene.profile.names
    homes = people.homes
    sons = np.flatnonzero((homes.role == CHILD) & (homes.gender == 1) & (homes.father >= 0))
    full = names.styled.slice(0, 500)
    assert len(sons) > 10
    assert full.take(sons) == full.take(homes.father[sons])


def test_twins_differ_in_their_given_names_more_often_than_not():
    scene = stage(only("twins", 1.0, people=1000))
    homes, given = scene.people.homes, scene.profile.names.given.to_pylist()
    second = np.flatnonzero(homes.role == CHILD + 1)
    assert np.mean([given[one] != given[one - 1] for one in second]) > 0.9


def test_who_moves_has_another_address_afterwards():
    scene = stage(only("moved_house", 1.0, people=300))
    home = scene.people.home
    assert (home.after == home.before + 1).all()
    street = scene.profile.homes.street.to_pylist()
    assert np.mean([street[a] != street[b] for a, b in zip(home.before, home.after, strict=True)]) > 0.95


def test_late_events_come_in_the_order_of_their_arrival():
    _, log, _ = live(only("late", 0.3, people=200))
    late = (log.cause & bit("late")) > 0
    punctual = log.time[log.order][~late[log.order]]
    assert (np.diff(punctual) >= 0).all()
    assert (np.diff(log.time[log.order]) < 0).any()


def test_bots_are_fast_and_nobody():
    _, log, _values = live(only("bot", 0.02, people=500))
    robot = log.person < 0
    cookies = log.identifiers[robot].max(axis=1)
    for cookie in np.unique(cookies):
        seconds = np.sort(log.time[robot][cookies == cookie])
        assert len(seconds) >= 120
        assert np.median(np.diff(seconds)) <= 1


@pytest.mark.parametrize("rate", [-0.1, 1.1, float("nan")])
def test_a_rate_outside_0_to_1_is_refused(rate):
    with pytest.raises(UsageError, match="late"):
        FailureRates(late=rate)


@pytest.mark.parametrize("wrong", [{"people": 0}, {"months": 0}, {"months": 121}, {"seed": -1}, {"people": 10**9}])
def test_an_impossible_population_is_refused(wrong):
    with pytest.raises(UsageError, match=next(iter(wrong))):
        Population(**wrong)


def test_a_folder_with_events_is_refused(tmp_path):
    generate(tmp_path, Population(people=5, months=1))
    with pytest.raises(UsageError, match="already holds events"):
        generate(tmp_path, Population(people=5, months=1))


def test_another_format_is_refused(tmp_path):
    with pytest.raises(UsageError, match="jsonl or parquet"):
        generate(tmp_path, Population(people=5), format="xml")


def test_a_full_disk_is_said(tmp_path, monkeypatch):
    from errno import ENOSPC

    from knotwork_graph.errors import DiskFullError

    def full(*_: object) -> None:
        raise OSError(ENOSPC, "No space left on device")

    monkeypatch.setattr("knotwork_seeds.write.write_events", full)
    with pytest.raises(DiskFullError, match="no room left"):
        generate(tmp_path, Population(people=5))


def test_what_is_held_changes_on_its_day():
    held = kept(np.array([5, 6])).changed(np.array([1]), np.array([9]), np.array([100]))
    assert held.at(np.array([0, 1, 1]), np.array([200, 99, 100])).tolist() == [5, 6, 9]
