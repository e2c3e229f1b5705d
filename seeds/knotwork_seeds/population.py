"""What is asked for and what comes back: a population, its failures' rates, and the account of what was written."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path

from knotwork_graph.errors import UsageError


@dataclass(frozen=True, slots=True)
class FailureRates:
    """How often each thing that makes identity hard happens, as a share from 0 to 1 of what the field's comment names.

    Raises UsageError when a rate lies outside 0 to 1.
    """

    family_tablet: float = 0.04  # of households of two and more: one tablet for all
    kiosk: float = 0.03  # of people: one visit at their shop's kiosk
    family_email: float = 0.03  # of households of two and more: one mailbox given by several
    company_mailbox: float = 0.02  # of people: order for their company with its info@ mailbox
    recycled_phone: float = 0.01  # of people: get a number that somebody else gave up
    cookie_reset: float = 0.06  # of browsers, each month: cookies cleared
    private_window: float = 0.04  # of web visits: a cookie that lives for one visit
    several_cards: float = 0.06  # of holders of a loyalty card: a second card
    couple_account: float = 0.01  # of couples: one account for both
    twins: float = 0.05  # of households with two and more children: twins
    namesake: float = 0.04  # of father and first son: one name for both
    moved_house: float = 0.06  # of households: another address from some day on
    changed_email: float = 0.05  # of people: another e-mail from some day on
    qa_constant: float = 0.002  # of events that identify somebody: a test value rides along
    bot: float = 0.002  # bots for each person
    call_centre_device: float = 0.2  # of calls: the agent's own device is sent along
    late: float = 0.02  # of events: delivered hours or weeks later
    duplicate: float = 0.01  # of events: delivered twice
    wrong_clock: float = 0.01  # of web and app visits: the device's clock is wrong

    def __post_init__(self) -> None:
        """Refuse what is no share."""
        for rate in fields(self):
            value = getattr(self, rate.name)
            if not 0 <= value <= 1:
                raise UsageError(f"the rate {rate.name} is {value}; give a share from 0 to 1")


@dataclass(frozen=True, slots=True)
class Population:
    """A made population: how many people, over how many months up to and with the day `end`, from which seed.

    Raises UsageError for fewer than one person, fewer than one or more than 120 months, or a negative seed.
    """

    people: int = 1000
    months: int = 18
    seed: int = 1
    end: date = date(2026, 6, 30)
    rates: FailureRates = field(default_factory=FailureRates)

    def __post_init__(self) -> None:
        """Refuse what cannot be made."""
        if not 1 <= self.people <= 100_000_000:
            raise UsageError(f"people is {self.people}; give a number from 1 to 100,000,000")
        if not 1 <= self.months <= 120:
            raise UsageError(f"months is {self.months}; give a number from 1 to 120")
        if not 0 <= self.seed < 2**63:
            raise UsageError(f"seed is {self.seed}; give a whole number from 0 up to 2^63 - 1")


@dataclass(frozen=True, slots=True)
class Generated:
    """What was written: people, events (deliveries, a duplicate counts twice), and the files in the order written."""

    people: int
    events: int
    files: tuple[Path, ...]
