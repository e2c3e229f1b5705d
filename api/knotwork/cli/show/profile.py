"""A profile as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from knotwork.cli.moments import day, minute
from knotwork.cli.terminal import cropped, heading, say, table

if TYPE_CHECKING:
    from knotwork_resolvers.profiles.profile import Consent, Profile

LONGEST = 1_000  # characters of a value; the whole of it is in `--format json`


def show_profile(profile: Profile, *, provenance: bool = False) -> None:
    """Print who it is, the surviving values, what was done and said; with ``provenance`` where each value is from."""
    say("  ".join(standing(profile)))
    if profile.traits and provenance:
        show_provenance(profile)
    elif profile.traits:
        heading("Profile")
        table(("trait", "value"), [(name, shown(value)) for name, value in profile.items()])
    show_consent(profile.consent, provenance=provenance)
    show_signals(profile)
    for flag in profile.flags:
        say(f"look at this: {flag.words}")


def standing(profile: Profile) -> list[str]:
    """Known or not, the stage, and what was bought."""
    said = ["known" if profile.known else "anonymous", *([profile.stage] if profile.stage else [])]
    bought = profile.purchases
    if bought.frequency:
        amounts = ", ".join(f"{amount:,.2f} {currency}".strip() for currency, amount in bought.value.items())
        said.append(f"purchases {bought.frequency:,}, the last on {day(bought.last)}{amounts and f': {amounts}'}")
    if profile.channels:
        said.append("by " + ", ".join(profile.channels))
    return said


def show_provenance(profile: Profile) -> None:
    """Print each value with its source and rule, and below it what it beat."""
    heading("Profile (who said so last, and what each value beat)")
    rows: list[tuple[Any, ...]] = []
    for name, one in profile.traits.items():
        rows.append((name, shown(one.value), one.source, day(one.at), one.said.events, one.rule))
        rows += [("", shown(lost.value), lost.said.source, day(lost.said.last_at), lost.said.events, "beaten")
                 for lost in one.beaten]  # fmt: skip
    table(("trait", "value", "source", "on", "events", "rule"), rows, numbers=("events",))


def show_consent(consent: Mapping[str, Consent], *, provenance: bool) -> None:
    """Print the purposes; with ``provenance`` every identifier's latest word."""
    if not consent:
        return
    heading("Consent")
    rows = []
    for purpose, one in consent.items():
        words = one.words if provenance else one.words[:1]
        rows += [
            (purpose, yes_or_no(word.allowed), word.identifier, word.source, minute(word.at)) for word in words
        ] or [(purpose, "not said", "", "", "")]
    table(("purpose", "word", "of", "source", "at"), rows)


def show_signals(profile: Profile) -> None:
    """Print the signals of the policy."""
    if profile.signals:
        heading("Signals")
        rows = [(name, f"{one.value:.2f}", "on" if one.lit else "") for name, one in profile.signals.items()]
        table(("signal", "value", ""), rows, numbers=("value",))


def yes_or_no(allowed: bool | None) -> str:
    """The word."""
    return "yes" if allowed else "no"


def shown(value: object) -> str:
    """A value on one line, or the beginning of a very long one; several are separated by commas."""
    return cropped(", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value), LONGEST)
