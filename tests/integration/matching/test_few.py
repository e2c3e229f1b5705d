"""Records of few customers, told in plain Python, are those that the query engine tells of everybody."""

from __future__ import annotations

import random
from collections.abc import Mapping

import numpy as np
import pytest

from knotwork import Workspace
from knotwork_resolvers.match import Role
from knotwork_resolvers.matching.gathering import Gathered, gather
from knotwork_resolvers.matching.recent import Recent, Since, recent
from knotwork_resolvers.matching.running import evidence_in
from tests.integration.matching.conftest import Opened, again, person

GUARDS = """
[identifiers.email.shared_above]
user_id = 1
[identifiers.phone.shared_above]
user_id = 2
[resolution]
shared_events = "nobody"
"""
START = Since(0, 0)


def crowd(seed: int) -> list[dict[str, str]]:
    """People with shared and masked numbers, accounts that part them, and names in several spellings."""
    draw = random.Random(seed)  # noqa: S311 - made data, no secret
    rows = []
    for number in range(70):
        one = person(number)
        for copy in range(draw.choice((1, 1, 2, 3))):
            row = one if copy == 0 else again(one)
            row = row | {"row": f"{number}-{copy}", "name": draw.choice((row["name"], f" {row['name'].lower()} "))}
            row |= {"user_id": draw.choice(("", f"u{number % 50}")), "source": draw.choice(("crm", "shop", "web"))}
            row |= {"phone": draw.choice((row["phone"], "0912000111", "", f"091{number % 9}****{number % 100:02}"))}
            row |= {"email": draw.choice((row["email"], "office@example.com", ""))}
            rows.append(row)
    return rows


def all_again(workspace: Workspace, roles: Mapping[str, Role]) -> Recent:
    """Every customer as if all had changed."""
    customers = np.unique([row["customer"] for row in workspace.home.store.member_rows().to_pylist()])
    ids = customers[customers > 0].astype(np.int64)
    return recent(workspace.home, workspace.settings.policy, START, START, ids, roles)


def told(gathered: Gathered) -> object:
    """What is said of each record that matching compares."""
    values = {
        kind: list(zip(one.row.tolist(), one.text.to_pylist(), strict=True))
        for kind, one in evidence_in(gathered).values.items()
    }
    return gathered.records.id.tolist(), gathered.keys.to_pylist(), values, gathered.newest


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("joins", [False, True])
def test_few_are_gathered_as_everybody_is(opened: Opened, seed: int, joins: bool) -> None:
    workspace = opened(crowd(seed), joins=joins, more=GUARDS)
    matched = workspace.match()
    every = gather(workspace.home, workspace.settings.policy)
    found = all_again(workspace, every.records.roles)
    assert told(found.gathered) == told(every)
    assert bool(matched.joined and matched.adopted) == joins, "sides and given events are among them"
    assert found.wanted.tolist() == list(range(len(every.records)))
    assert found.gone >= set(every.keys.to_pylist())
