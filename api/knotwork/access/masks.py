"""One mask for everything a person sees: GraphQL, pages and pictures all show what ``Mask`` lets through."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from knotwork.access.patterns import mask_email, mask_name, mask_phone, mask_text
from knotwork.access.roles import DataClass, Role, Sight, sight
from knotwork.access.traits import CLEAR_PROPERTIES, CLEAR_TRAITS, HIDDEN, mask_of
from knotwork_graph.model import ClusterView, CustomerView, EdgeView, IdentifierView, JourneyEvent

Text = Callable[[str], str]
# the name and address of somebody in an identifier; other types are pseudonyms, clear but for what looks like these
IDENTIFIER_MASKS: dict[str, Callable[[str], str]] = {
    "email": mask_email,
    "phone": mask_phone,
    "zalo_id": mask_phone,
    "name": mask_name,
}


@dataclass(frozen=True, slots=True)
class Mask:
    """What ``role`` sees of personal values, ``clear`` where they were unmasked for it.

    All methods give new values; what is clear comes back as it is.
    """

    role: Role = Role.ANALYST
    clear: bool = False
    personal: Sight = field(init=False, repr=False, compare=False)
    """How personal values are shown; asked for each value, so it is looked up once."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "personal", sight(self.role, DataClass.PERSONAL, clear=self.clear))

    def value(self, kind: str, value: str) -> str:
        """The value of an identifier of type ``kind``."""
        if self.personal is Sight.CLEAR:
            return value
        return IDENTIFIER_MASKS.get(kind, mask_text)(value)

    def key(self, key: str) -> str:
        """``type:value`` with its value masked; empty stays empty."""
        kind, colon, value = key.partition(":")
        return f"{kind}:{self.value(kind, value)}" if colon else self.text(key)

    def text(self, text: str) -> str:
        """A sentence of ours or of a source, with every e-mail address and phone number in it masked."""
        return text if self.personal is Sight.CLEAR else mask_text(text)

    def identifier(self, view: IdentifierView) -> IdentifierView:
        """The identifier with its value and the reason of its status masked."""
        return replace(view, value=self.value(view.type, view.value), reason=self.text(view.reason))

    def traits(self, traits: Mapping[str, Any]) -> dict[str, Any]:
        """Traits by name, each masked as its name demands."""
        return self._named(traits, CLEAR_TRAITS)

    def properties(self, properties: dict[str, Any]) -> dict[str, Any]:
        """Properties of an event by name, each masked as its name demands."""
        return self._named(properties, CLEAR_PROPERTIES)

    def customer(self, view: CustomerView) -> CustomerView:
        """The customer with identifiers and profile masked."""
        if self.personal is Sight.CLEAR:
            return view
        identifiers = tuple(self.identifier(each) for each in view.identifiers)
        return replace(view, identifiers=identifiers, profile=self.traits(view.profile))

    def event(self, event: JourneyEvent) -> JourneyEvent:
        """The event with everything that can hold a personal value masked."""
        return self.journey((event,))[0]

    def journey(self, events: Sequence[JourneyEvent]) -> list[JourneyEvent]:
        """The events masked; the keys and sentences that come again and again in a journey once each."""
        if self.personal is Sight.CLEAR:
            return list(events)
        key, text = cache(self.key), cache(self.text)
        return [self._event(event, key, text) for event in events]

    def _event(self, event: JourneyEvent, key: Text, text: Text) -> JourneyEvent:
        return replace(
            event,
            message_id=self.text(event.message_id),
            event=text(event.event),
            carrier=key(event.carrier),
            reason=text(event.reason),
            identifiers=tuple(map(key, event.identifiers)),
            stitches=tuple(map(key, event.stitches)),
            path=tuple(map(key, event.path)),
            device=key(event.device),
            traits=self.traits(event.traits),
            properties=self.properties(event.properties),
        )

    def cluster(self, view: ClusterView) -> tuple[ClusterView, dict[str, str]]:
        """The cluster with its texts masked, and for each key the text that may be shown. Keys still join the ends."""
        keys = {each.key for each in view.identifiers} | {end for edge in view.edges for end in (edge.a, edge.b)}
        labels = {key: self.key(key).partition(":")[2] for key in keys}
        identifiers = tuple(replace(each, reason=self.text(each.reason)) for each in view.identifiers)
        return replace(view, identifiers=identifiers, edges=tuple(map(self._edge, view.edges))), labels

    def _edge(self, edge: EdgeView) -> EdgeView:
        return replace(edge, detail=self.text(edge.detail))

    def _named(self, values: Mapping[str, Any], clear: frozenset[str]) -> dict[str, Any]:
        if self.personal is Sight.CLEAR:
            return dict(values)
        return {name: _masked(name, value, clear) for name, value in values.items()}


def _masked(name: str, value: Any, clear: frozenset[str]) -> Any:
    """A value of JSON, masked all the way down; numbers of unknown meaning are hidden as well."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, dict):
        return {inner: _masked(inner, each, clear) for inner, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_masked(name, each, clear) for each in value]
    if isinstance(value, str):
        return mask_of(name, clear)(value)
    return value if name in clear else HIDDEN
