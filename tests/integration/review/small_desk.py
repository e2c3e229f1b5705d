"""A workspace with one case of each kind that the resolver finds."""

from __future__ import annotations

import pytest

import knotwork
from knotwork.service.review.values import Because
from tests.integration.review.desk_world import Clock, World

MAI, LINH = Because("seen the papers", "mai"), Because("seen the papers", "linh")
STRICT = """
[resolution]
max_cluster_size = 50
[identifiers.user_id]
priority = 1
max_per_customer = 1
[identifiers.email]
priority = 2
shared_above = { user_id = 2 }
[identifiers.phone]
priority = 3
"""


@pytest.fixture
def world(tmp_path):
    """Two accounts that saw one phone, a family's address, and a customer of two dense parts."""
    found = made(tmp_path, STRICT)
    yield found
    found.close()


def made(folder, policy):
    """The same under any policy."""
    made = World(folder / "w", clock=Clock(real=True))
    (made.folder / "knotwork.toml").write_text(policy, encoding="utf-8")
    made.kw = knotwork.open(made.folder)
    for keys in (
        ["user_id:a", "phone:0901234501"],
        ["user_id:a", "phone:0901234501"],
        ["user_id:b", "phone:0901234501"],
    ):
        made.see(keys, 10)
    for user in "cde":
        made.see([f"user_id:{user}", "email:family@x.vn"])
    for part in ("left", "right"):
        for pair in ("ab", "bc", "ca"):
            made.see([f"cookie:{part}-{one}" for one in pair])
    made.see(["cookie:left-a", "cookie:right-a"])
    made.kw.resolve()
    return made


def cases(world, **asked):
    return {one.finding.kind: one for one in world.kw.review.queue(50, **asked).cases}
