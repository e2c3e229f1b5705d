"""Everything the customer page shows, made of one customer, its cluster and its journey, all masked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from knotwork.access.masks import Mask
from knotwork.service.views import Explorer
from knotwork.web.formats import Formats
from knotwork.web.portrait import Row, golden_record, heading
from knotwork_graph.model import ClusterView, CustomerView, JourneyEvent, Status
from knotwork_resolvers.profiles.profile import Profile
from knotwork_visualise import cluster_figure, scene, timeline, timeline_svg
from knotwork_visualise.charts.orders import is_order, revenue
from knotwork_visualise.words import counted

JOURNEY_MOST = 2_000  # events that the timeline and the figures look back at
ROWS = 30
ROWS_MOST = 500


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the strip, and what it counts."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Badge:
    """A short word under the heading; ``tone`` is good, plain or warn."""

    text: str
    tone: str = "plain"


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """The values of the page's template."""

    view: CustomerView
    heading: str
    badges: tuple[Badge, ...]
    figures: tuple[Figure, ...]
    record: tuple[Row, ...]
    picture: Markup
    timeline: Markup
    rows: tuple[JourneyEvent, ...]
    looked_at: int


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: with which mask, in which words and forms."""

    mask: Mask
    texts: Mapping[str, str]
    formats: Formats


def customer_page(explorer: Explorer, view: CustomerView, reader: Reader, rows: int) -> CustomerPage:
    """The page of ``view``: two more questions to the service. ``rows`` is how many events the table shows."""
    events = explorer.journey(view.id, last=JOURNEY_MOST)
    cluster = explorer.cluster(view.id)
    masked, shown = reader.mask.customer(view), tuple(map(reader.mask.event, events))
    language = reader.formats.language
    return CustomerPage(
        view=masked,
        heading=heading(masked, reader.texts, language),
        badges=_badges(view, cluster, events, reader),
        figures=_figures(view, events, reader),
        record=golden_record(masked, view.profile, reader.texts, reader.formats),
        picture=_picture(cluster, reader.mask, language),
        timeline=timeline_svg(timeline(_telling(events, shown), reader.formats.zone), language),
        rows=tuple(reversed(shown[-rows:])),
        looked_at=len(events),
    )


def _telling(events: Sequence[JourneyEvent], shown: Sequence[JourneyEvent]) -> list[JourneyEvent]:
    """Masked events with their own identifiers: two addresses must not meet under one mask. A timeline shows none."""
    pairs = zip(events, shown, strict=True)
    return [replace(masked, identifiers=event.identifiers, carrier=event.carrier) for event, masked in pairs]


def _picture(cluster: ClusterView, mask: Mask, language: str) -> Markup:
    masked, labels = mask.cluster(cluster)
    return cluster_figure(scene(masked.identifiers, masked.edges, labels=labels, language=language), identifiers=False)


def _badges(
    view: CustomerView, cluster: ClusterView, events: Sequence[JourneyEvent], reader: Reader
) -> tuple[Badge, ...]:
    texts, number = reader.texts, reader.formats.number
    known = any(event.known for event in events)
    badges = [Badge(texts["badge_known"], "good") if known else Badge(texts["badge_anonymous"])]
    if isinstance(view.profile, Profile) and view.profile.stage:
        badges.append(Badge(texts[f"stage_{view.profile.stage.replace(' ', '_')}"]))
    kept_apart = [each for each in view.identifiers if each.status is not Status.LINKING]
    if kept_apart:
        badges.append(Badge(texts["badge_apart"].format(count=number(len(kept_apart))), "warn"))
    severed = sum(1 for edge in cluster.edges if edge.kind == "severed")
    if severed:
        badges.append(Badge(counted(texts, "badge_severed", severed).format(count=number(severed)), "warn"))
    return tuple(badges)


def _figures(view: CustomerView, events: Sequence[JourneyEvent], reader: Reader) -> tuple[Figure, ...]:
    texts, forms = reader.texts, reader.formats
    orders = [event for event in events if is_order(event)]
    visits = len({event.session for event in events})
    sessions = counted(texts, "figure_sessions", visits).format(count=forms.number(visits))
    known = sum(event.known for event in events)
    return (
        Figure(forms.number(len(view.identifiers)), counted(texts, "figure_identifiers", len(view.identifiers))),
        Figure(forms.number(view.events), counted(texts, "figure_events", view.events).format(sessions=sessions)),
        Figure(forms.number(len(orders)), counted(texts, "figure_orders", len(orders))),
        Figure(_value(orders, forms), texts["figure_value"]),
        Figure(forms.percent(known, len(events)) if events else "–", texts["figure_known"]),
    )


def _value(orders: Sequence[JourneyEvent], forms: Formats) -> str:
    """What the orders brought, a sum for each currency, since nobody can add dong and dollars."""
    sums: dict[str, float] = defaultdict(float)
    for event in orders:
        sums[str(event.properties.get("currency", ""))] += revenue(event)
    kept = sorted((item for item in sums.items() if item[1]), key=lambda item: -item[1])
    return " + ".join(forms.money(amount, currency) for currency, amount in kept) or "–"
