"""Small populations with known answers, for the tests of matching."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from knotwork_resolvers.match import Model, Records, Role
from knotwork_resolvers.match.columns import prepare
from knotwork_resolvers.match.evidence import Evidence, evidence_of

GIVEN = ("anna", "bruno", "carla", "dmitri", "elena", "farid", "greta", "hugo", "irene", "jonas", "karin", "lars")
FAMILY = ("abel", "brandt", "castro", "duval", "eriksen", "fischer", "gruber", "hansen", "ivanov", "jensen", "keller")
STREETS = ("oak lane", "mill road", "church street", "high street", "king avenue", "station road", "park way")

Row = Mapping[str, str | Sequence[str] | None]


def records(rows: Sequence[Row], roles: Mapping[str, Role] | None = None) -> Records:
    """Records of plain rows: a text, several texts or nothing for each kind; ids are the places."""
    kinds = sorted({kind for row in rows for kind in row})
    columns = {kind: pa.array([listed(row.get(kind)) for row in rows], pa.list_(pa.string())) for kind in kinds}
    return Records.of(pa.table({"id": np.arange(len(rows)), **columns}), roles)


def told_of(some: Records, left: int, right: int, model: Model) -> Evidence:
    """The evidence for two of some records; the whole of them says how common values are."""
    return evidence_of(prepare(some), np.array([left]), np.array([right]), model)[0]


def listed(value: str | Sequence[str] | None) -> list[str]:
    """The values of a cell."""
    if value is None:
        return []
    return [value] if isinstance(value, str) else list(value)


def person(number: int, random: np.random.Generator) -> dict[str, str]:
    """One made person."""
    given, family = str(random.choice(GIVEN)), str(random.choice(FAMILY))
    return {
        "given_name": given,
        "family_name": family,
        "birth_date": f"19{random.integers(30, 99)}-{random.integers(1, 13):02}-{random.integers(1, 29):02}",
        "street": f"{random.integers(1, 99)} {random.choice(STREETS)}",
        "email": f"{given}{number}@example.org",
        "phone": f"+4915{random.integers(10**8, 10**9)}",
    }


def crowd(count: int, again: int, seed: int = 1) -> list[dict[str, str]]:
    """``count`` people, and a second record of the first ``again`` with a typing error in one place and a gap."""
    random = np.random.default_rng(seed)
    people = [person(number, random) for number in range(count)]
    return people + [second(row, place) for place, row in enumerate(people[:again])]


def second(row: Mapping[str, str], place: int) -> dict[str, str]:
    """Another record of the same person."""
    kinds = sorted(row)
    wrong, gone = kinds[place % len(kinds)], kinds[(place + 2) % len(kinds)]
    copy = {kind: text for kind, text in row.items() if kind != gone}
    text = copy[wrong]
    copy[wrong] = (
        text[:2] + ("7" if text[2].isdigit() and text[2] != "7" else "3" if text[2].isdigit() else "q") + text[3:]
    )
    return copy
