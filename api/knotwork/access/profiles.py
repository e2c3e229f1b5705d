"""What a role sees of a profile: values as their traits' classes say, identifiers as their types' do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from knotwork.access.masks import Mask
from knotwork.access.roles import Sight

if TYPE_CHECKING:
    from knotwork_resolvers.profiles.profile import Consent, Profile, TraitValue


def masked_profile(profile: Profile, mask: Mask) -> Profile:
    """The profile with every value, beaten ones too, and every identifier as the mask's role sees it."""
    if mask.personal is Sight.CLEAR:
        return profile
    return replace(
        profile,
        traits={name: _trait(name, value, mask) for name, value in profile.traits.items()},
        identifiers={kind: tuple(map(mask.identifier, every)) for kind, every in profile.identifiers.items()},
        channels={mask.text(name): count for name, count in profile.channels.items()},
        counts={mask.text(name): count for name, count in profile.counts.items()},
        sums=tuple(replace(one, event=mask.text(one.event)) for one in profile.sums),
        consent={purpose: _consent(said, mask) for purpose, said in profile.consent.items()},
    )


def _trait(name: str, value: TraitValue, mask: Mask) -> TraitValue:
    return replace(
        value,
        value=_value(name, value.value, mask),
        message_id=mask.text(value.message_id),
        event=mask.text(value.event),
        beaten=tuple(replace(one, value=_value(name, one.value, mask)) for one in value.beaten),
    )


def _value(name: str, value: Any, mask: Mask) -> Any:
    return mask.traits({name: value})[name]


def _consent(said: Consent, mask: Mask) -> Consent:
    return replace(said, words=tuple(replace(word, identifier=mask.key(word.identifier)) for word in said.words))
