"""A small made-up workspace in memory, for the tests of pages and GraphQL. Nobody in it exists."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from knotwork.service.browsing import Page, Place, Wanted
from knotwork.service.together import Known
from knotwork.service.views import Overview
from knotwork_graph.errors import UnknownCustomerError
from knotwork_graph.model import (
    ClusterView,
    CustomerView,
    EdgeView,
    Heirs,
    IdentifierView,
    JourneyEvent,
    Run,
    RunState,
    Status,
    customer_id,
    customer_number,
)

RULE = "two user ids: u-10482 and u-777 of minh.le@gmail.com"
MAIL, CARD = "email:nguyenlan.90@gmail.com", "loyalty_card:LC2951000587"
START = datetime(2026, 1, 6, 12, 30, tzinfo=UTC)
LAN, HUNG, NOBODY, CROWD, HOSTILE = map(customer_id, (33, 34, 35, 36, 37))
OLD, SPLIT, RETIRED = map(customer_id, (3, 4, 5))

# each would run, load or break out somewhere if a single place forgot to escape
HOSTILE_TEXTS = (
    "<script>window.hurt=1</script>",
    "</script><script>window.hurt=2</script>",
    '"><img src=x onerror="window.hurt=3">',
    "<svg/onload=window.hurt=4>",
    "javascript:window.hurt=5",
    "<!--<script>window.hurt=6",
    "]]><script>window.hurt=7</script>",
    "{{7*7}}${7*7}<%= 7*7 %>{% raw %}",
    '<a href="https://evil.example/x">href</a>',
    "<link rel=stylesheet href=//evil.example/x.css>",
    "\u2028\u2029window.hurt=8\u202e\u0000\u200f",
    "'-alert(1)-'",
    "<iframe srcdoc='<script>parent.hurt=9</script>'>",
    "<style>@import '//evil.example/y.css'</style>",
    "</title></textarea></style></noscript><b>hurt",
)


@dataclass
class MadeUp:
    """An ``Explorer`` over dictionaries; ``calls`` counts what was asked."""

    views: dict[str, CustomerView] = field(default_factory=dict)
    clusters: dict[str, ClusterView] = field(default_factory=dict)
    journeys: dict[str, tuple[JourneyEvent, ...]] = field(default_factory=dict)
    old: dict[str, tuple[str, ...]] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    published: bool = True
    known: dict[str, set[str]] = field(default_factory=dict)

    def add(self, view: CustomerView, edges: tuple[EdgeView, ...], events: tuple[JourneyEvent, ...]) -> None:
        seen = [event.timestamp for event in events]
        figures = {"events": len(events), "first_seen": min(seen, default=None), "last_seen": max(seen, default=None)}
        self.views[view.id] = replace(view, **figures)
        self.clusters[view.id] = ClusterView(view.id, view.identifiers, edges)
        self.journeys[view.id] = events

    def overview(self) -> Overview:
        self.calls["overview"] += 1
        kinds = Counter(each.type for view in self.views.values() for each in view.identifiers)
        sizes = Counter(_band(len(view.identifiers)) for view in self.views.values())
        run = Run(
            7,
            RunState.PUBLISHED,
            START + timedelta(days=170),
            START + timedelta(days=170),
            START + timedelta(days=170, seconds=42),
            {"customers": len(self.views), "severed": 3},
        )
        return Overview(
            customers=len(self.views), identifiers=kinds.total(), events=sum(map(len, self.journeys.values())),
            sources=6, runs=7, identifiers_by_type=dict(kinds.most_common()), cluster_sizes=dict(sizes),
            last_run=run if self.published else None, newest_event=START + timedelta(days=169),
        )  # fmt: skip

    def customer(self, key_or_id: str, **_: object) -> CustomerView | Heirs:  # whatever is left out, all is there
        self.calls["customer"] += 1
        if customer_number(key_or_id):
            return self._by_id(key_or_id)
        if ":" not in key_or_id:
            raise ValueError(f"{key_or_id!r} is no identifier: write it as type:value")
        for view in self.views.values():
            if any(each.key == key_or_id.strip() for each in view.identifiers):
                return view
        raise UnknownCustomerError(f"no customer holds {key_or_id}")

    def _by_id(self, text: str) -> CustomerView | Heirs:
        if text in self.views:
            return self.views[text]
        heirs = self.old.get(text)
        if heirs is None:
            raise UnknownCustomerError(f"no customer {text}")
        return replace(self.views[heirs[0]], redirected_from=text) if len(heirs) == 1 else Heirs(text, heirs)

    def customers(self, first: int, after: str | None) -> tuple[tuple[CustomerView, ...], bool]:
        self.calls["customers"] += 1
        left = sorted(each for each in self.views if after is None or each > after)
        return tuple(self.views[each] for each in left[:first]), len(left) > first

    @property
    def browsing(self) -> MadeUp:
        return self

    def page(self, wanted: Wanted, **_: object) -> Page:
        self.calls["customers"] += 1
        places = [Place(0, customer_number(each)) for each in sorted(self.views)]
        far = wanted.place.number if wanted.place else None
        if wanted.backward:
            left = [one for one in places if far is None or one.number < far]
            kept = left[-wanted.count :]
        else:
            left = [one for one in places if far is None or one.number > far]
            kept = left[: wanted.count]
        views = tuple(self.views[customer_id(one.number)] for one in kept)
        return Page(views, tuple(kept), len(left) > wanted.count)

    def several(self, ids: list[str]) -> dict[str, CustomerView]:
        self.calls["several"] += 1
        return {each: self.views[each] for each in ids if each in self.views}

    def journeys_of(
        self,
        ids: list[str],
        as_of: datetime | None = None,
        last: int | None = None,
        known: Known | None = None,
        **_: object,
    ) -> dict[str, tuple[JourneyEvent, ...]]:
        self._told(known or Known())
        return {each: self.journey(each, as_of, last) for each in ids}

    def clusters_of(self, ids: list[str], known: Known | None = None, *_: object) -> dict[str, ClusterView]:
        self._told(known or Known())
        return {each: self.cluster(each) for each in ids}

    def _told(self, known: Known) -> None:
        self.known = {one: {each.key for each in held} for one, held in known.held.items()}

    def cluster(self, customer_id: str) -> ClusterView:
        self.calls["cluster"] += 1
        return self.clusters[customer_id]

    def journey(
        self,
        key_or_id: str,
        as_of: datetime | None = None,  # noqa: ARG002 - nobody asks this one about the past
        last: int | None = None,
    ) -> tuple[JourneyEvent, ...]:
        self.calls["journey"] += 1
        events = self.journeys[key_or_id]
        return events if last is None else events[-last:]


def made_up() -> MadeUp:
    """A workspace with five customers and three old ids."""
    made = MadeUp(old={OLD: (LAN,), SPLIT: (LAN, HUNG)})
    made.add(*lan())
    made.add(*plain(HUNG, "Trần Văn Hùng", "hung.tran@example.com"))
    made.add(*nobody())
    made.add(*crowd(CROWD, 420))
    made.add(*hostile())
    return made


def _band(size: int) -> str:
    return str(size) if size < 5 else "5-10" if size < 11 else "11-25" if size < 26 else "26+"


def identifier(key: str, events: int, status: Status = Status.LINKING, reason: str = "") -> IdentifierView:
    kind, _, value = key.partition(":")
    return IdentifierView(kind, value, status, reason, events, START, START + timedelta(days=160))


def edge(a: str, b: str, count: int, vouched: int = 0, kind: str = "linking", detail: str = "") -> EdgeView:
    smaller, larger = sorted((a, b))
    return EdgeView(smaller, larger, count, vouched, START, START + timedelta(days=150), ("web", "crm"), kind, detail)


def lan() -> tuple[CustomerView, tuple[EdgeView, ...], tuple[JourneyEvent, ...]]:
    user, mail, phone = "user_id:u-10482", "email:nguyenlan.90@gmail.com", "phone:+84901234521"
    identifiers = (
        identifier(user, 96), identifier(mail, 41), identifier(phone, 17),
        identifier("loyalty_card:LC2951000587", 9), identifier("loyalty_card:LC0072000114", 1),
        identifier("cookie:ck_81f2aae0", 64), identifier("cookie:ck_c09a0017", 38),
        identifier("cookie:ck_77b1009c", 22),
        identifier("device:ipad-5c1e", 15), identifier("cookie:ck_5d20aa03", 2),
        identifier("email:info@hoasen.example", 8, Status.SHARED, "shared: seen with 31 user ids, above 3"),
    )  # fmt: skip
    edges = (
        edge(user, mail, 40, 12), edge(user, "cookie:ck_81f2aae0", 30, 3), edge(user, "cookie:ck_c09a0017", 12),
        edge(user, "cookie:ck_77b1009c", 8), edge(user, "device:ipad-5c1e", 7), edge(user, phone, 9, 2),
        edge(mail, phone, 3), edge(mail, "loyalty_card:LC2951000587", 2),
        edge(phone, "loyalty_card:LC2951000587", 6, 6), edge(phone, "loyalty_card:LC0072000114", 1),
        edge(mail, "cookie:ck_5d20aa03", 2, kind="expired"),
        edge("device:ipad-5c1e", "email:minh.le@gmail.com", 1, kind="severed", detail=RULE),
        edge(user, "email:info@hoasen.example", 2, kind="severed", detail="shared"),
    )  # fmt: skip
    profile = {
        "name": "Nguyễn Thị Lan", "birth_date": "1990-03-14", "gender": "F", "street": "12 Trần Hưng Đạo",
        "ward": "Phường Bến Nghé", "province": "TP. Hồ Chí Minh", "country": "VN",
    }  # fmt: skip
    return CustomerView(LAN, identifiers, profile), edges, tuple(_lan_events())


def _lan_events() -> list[JourneyEvent]:
    found: list[JourneyEvent] = []
    browsing = ("Page Viewed", "Product Viewed", "Products Searched", "Product Viewed", "Product Added")
    for session, (days, channel, steps, carrier) in enumerate(_VISITS, start=1):
        known = days >= 42 or carrier.startswith("loyalty")
        names = [*browsing[: min(steps, 5)], *(("Checkout Started", "Order Completed") if steps > 5 else ())]
        if days == 42:
            names.insert(2, "Signed In")
        for place, name in enumerate(names):
            when = START + timedelta(days=days, minutes=4 * place, hours=(days * 7) % 9)
            at_last = known and not (days == 42 and place < 2)
            found.append(_event(found, when, channel, name, session, carrier, known=at_last))
    return found


_VISITS = (
    (0, "web", 3, "cookie:ck_5d20aa03"), (6, "web", 4, "cookie:ck_81f2aae0"), (17, "web", 2, "cookie:ck_81f2aae0"),
    (26, "app", 3, "device:ipad-5c1e"), (35, "web", 4, "cookie:ck_c09a0017"), (42, "web", 7, "cookie:ck_81f2aae0"),
    (47, "shop", 1, CARD), (55, "app", 4, "device:ipad-5c1e"), (61, "email", 1, MAIL),
    (66, "web", 7, "cookie:ck_c09a0017"), (73, "call_centre", 1, "phone:+84901234521"),
    (84, "shop", 2, CARD),
    (93, "app", 7, "device:ipad-5c1e"), (99, "email", 1, MAIL), (108, "web", 7, "cookie:ck_77b1009c"),
    (118, "shop", 1, "loyalty_card:LC0072000114"), (126, "app", 3, "device:ipad-5c1e"),
    (140, "web", 3, "cookie:ck_77b1009c"),
    (151, "app", 7, "device:ipad-5c1e"), (160, "web", 2, "cookie:ck_77b1009c"),
)  # fmt: skip


def _event(
    found: list[JourneyEvent], when: datetime, channel: str, name: str, session: int, carrier: str, *, known: bool
) -> JourneyEvent:
    properties = {"revenue": 1_205_000, "currency": "VND"} if name == "Order Completed" else {}
    carried = (carrier, "user_id:u-10482", MAIL) if name == "Signed In" else (carrier,)
    reason = "carried its own identifier" if known else "stitched later through user_id:u-10482"
    return JourneyEvent(
        when, channel, f"m-{len(found)}", channel, name, session, carrier, reason, known, carried, {}, properties
    )


def plain(number: str, name: str, mail: str) -> tuple[CustomerView, tuple[EdgeView, ...], tuple[JourneyEvent, ...]]:
    keys = (f"email:{mail}", f"cookie:ck_{number[-4:]}")
    events = (_event([], START, "web", "Page Viewed", 1, keys[1], known=True),)
    return CustomerView(number, tuple(identifier(key, 1) for key in keys), {"name": name}), (edge(*keys, 3, 1),), events


def nobody() -> tuple[CustomerView, tuple[EdgeView, ...], tuple[JourneyEvent, ...]]:
    return CustomerView(NOBODY, (identifier("cookie:ck_alone", 0),)), (), ()


def crowd(number: str, size: int) -> tuple[CustomerView, tuple[EdgeView, ...], tuple[JourneyEvent, ...]]:
    keys = [f"{('cookie', 'device', 'email')[place % 3]}:crowd-{place:04d}@example.com" for place in range(size)]
    edges = tuple(edge(keys[place // 6], key, place % 9 + 1) for place, key in enumerate(keys) if place)
    return CustomerView(number, tuple(identifier(key, 2) for key in keys), {"name": "Family of many"}), edges, ()


def hostile() -> tuple[CustomerView, tuple[EdgeView, ...], tuple[JourneyEvent, ...]]:
    """Hostile strings in every place that a source can fill."""
    keys = [f"{'cookie' if place % 2 else text}:{text}" for place, text in enumerate(HOSTILE_TEXTS)]
    views = tuple(replace(identifier(key, 3, Status.SHARED, key), type=key.partition(":")[0] or "x") for key in keys)
    edges = tuple(
        edge(keys[0], key, 2, 1, "severed" if place % 3 else "linking", key) for place, key in enumerate(keys) if place
    )
    profile = {text: text for text in HOSTILE_TEXTS} | {"name": HOSTILE_TEXTS[2], "gender": HOSTILE_TEXTS[0]}
    events = tuple(
        JourneyEvent(
            START + timedelta(days=place), text, text, text, text if place else "Order Completed", place,
            f"{text}:{text}", text, bool(place % 2), (text,), {text: text}, {"revenue": 5, "currency": text},
        )
        for place, text in enumerate(HOSTILE_TEXTS)
    )  # fmt: skip
    return CustomerView(HOSTILE, views, profile), edges, events
