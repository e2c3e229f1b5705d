"""Members kept up event by event are those that looking at everybody finds, whatever happens in between."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import knotwork
from knotwork.service.segments import Places, SegmentService
from knotwork.workspace import Workspace
from knotwork_graph.errors import ContradictionError
from knotwork_graph.model.times import EPOCH

START = EPOCH + timedelta(days=20_000)
POLICY = """
[identifiers.user_id]
priority = 1
max_per_customer = 1
[identifiers.email]
shared_above = { user_id = 2 }
[identifiers.cookie]
shared_above = { user_id = 1 }
[review]
consent = false
[consent]
purposes = ["ads"]
[signals.keen]
events = ["Added"]
half_life = "3d"
[lifecycle]
new = "4d"
active = "3d"
at_risk = "9d"
[segments.recent]
all = [{ event = "Order", in_last = "5d" }]
[segments.rich]
all = [{ event = "Order", sum = "revenue", currency = "VND", at_least = 12, in_last = "12d" }]
[segments.left]
all = [{ sequence = ["Seen", "Added"], within = "3d", in_last = "9d", never = ["Order"] }]
[segments.quiet]
all = [{ event = ["Seen", "Added"], last = "timestamp", older_than = "4d" }]
none = [{ segment = "recent" }]
[segments.reached]
purpose = "ads"
any = [{ identifier = "email" }, { trait = "city", is = "Hue" }]
[segments.keen]
all = [{ signal = "keen", at_least = 0.7 }]
[segments.stage]
all = [{ lifecycle = ["at_risk", "won_back", "new"] }]
[segments.many]
all = [{ identifier = "cookie", at_least = 2 }, { known = true }]
"""


@dataclass(slots=True)
class World:
    """A workspace whose clock stands where it is put, and a second look at the same that starts from nothing."""

    folder: Path
    days: float = 0.0
    told: int = 0
    kw: Workspace = field(init=False)

    def __post_init__(self) -> None:
        (self.folder / "knotwork.toml").write_text(POLICY, encoding="utf-8")
        self.kw = knotwork.open(self.folder)
        self.kw.segmenting = self.service(self.folder / "data" / "segments")  # type: ignore[misc]  # its own clock

    def service(self, stays: Path) -> SegmentService:
        places = Places(self.folder / "knotwork.toml", self.folder / "segments", stays)
        return SegmentService(self.kw.home, self.kw.settings, places, lambda _: 0, self.now)

    def now(self) -> datetime:
        return START + timedelta(days=self.days)

    def members(self, service: SegmentService) -> dict[str, list[int]]:
        return {one.name: list(service.numbers(one.name)) for one in service.definitions().segments}

    def anew(self) -> dict[str, list[int]]:
        with tempfile.TemporaryDirectory(dir=self.folder) as stays:
            service = self.service(Path(stays))
            try:
                return self.members(service)
            finally:
                service.close()

    def event(self, what: tuple[Any, ...]) -> dict[str, Any]:
        name, ago, person, cookie, signed, city, allowed = what
        self.told += 1
        keys = {"cookie": f"c{cookie}"} | ({"email": f"p{person}@x.vn"} if signed > 0 else {})
        keys |= {"user_id": f"u{person}"} if signed > 1 else {}
        return {
            "source": "web", "message_id": f"m{self.told}", "event": name, "identifiers": keys,
            "timestamp": (self.now() - timedelta(days=ago)).isoformat(),
            "traits": {"city": city}, "properties": {"revenue": 3 + ago, "currency": "VND" if cookie else "USD"},
            "consent": {} if allowed is None else {"ads": allowed},
        }  # fmt: skip

    def load(self, events: list[tuple[Any, ...]]) -> None:
        path = self.folder / f"{self.told}.jsonl"
        path.write_text("".join(json.dumps(self.event(one)) + "\n" for one in events), encoding="utf-8")
        self.kw.load(path)
        self.kw.resolve(full=True)

    def does(self, step: tuple[Any, ...]) -> None:
        match step:
            case ("collect", events):
                self.kw.collect([self.event(one) for one in events])
            case ("wait", days):
                self.days += days
            case ("night",):
                self.kw.resolve(full=True)
            case ("decide", kind, a, b):
                try:
                    self.kw.decide(kind, f"email:p{a}@x.vn", f"email:p{b}@x.vn", reason="told so")
                except ContradictionError:
                    return
                self.kw.resolve()
            case ("undo",):
                standing = self.kw.decisions()
                if standing:
                    self.kw.undo(standing[-1].number, reason="mistaken")
                    self.kw.resolve()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.kw.close()


happenings = st.tuples(
    st.sampled_from(["Seen", "Added", "Order"]),
    st.integers(0, 56).map(lambda quarters: quarters / 4),
    st.integers(0, 3),
    st.integers(0, 4),
    st.integers(0, 2),
    st.sampled_from(["Hue", "Hanoi"]),
    st.sampled_from([None, True, False]),
)
steps = st.one_of(
    st.tuples(st.just("collect"), st.lists(happenings, min_size=1, max_size=3)),
    st.tuples(st.just("collect"), st.lists(happenings, min_size=1, max_size=3)),
    st.tuples(st.just("wait"), st.integers(1, 24).map(lambda quarters: quarters / 4)),
    st.tuples(st.just("night")),
    st.tuples(st.just("decide"), st.sampled_from(["must_link", "cannot_link"]), st.integers(0, 1), st.integers(2, 3)),
    st.tuples(st.just("undo")),
)


@settings(max_examples=4, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(happenings, min_size=8, max_size=25), st.lists(steps, min_size=3, max_size=8))
def test_following_event_by_event_is_looking_at_everybody(first: list[tuple[Any, ...]], then: list[tuple[Any, ...]]):
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        try:
            world.load(first)
            assert world.members(world.kw.segmenting) == world.anew()
            for step in then:
                world.does(step)
                assert world.members(world.kw.segmenting) == world.anew(), step
        finally:
            world.kw.close()
