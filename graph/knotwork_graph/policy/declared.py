"""Every setting there is, declared once: reading, checking, the environment and the documentation all follow it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from knotwork_graph.policy import kinds, profile_kinds
from knotwork_graph.policy.durations import show_duration
from knotwork_graph.policy.kinds import Kind
from knotwork_graph.policy.profile_rules import ProfileRules, Signal, SourceRule, Stages, TraitRule
from knotwork_graph.policy.review_rules import ReviewSettings
from knotwork_graph.policy.rules import IdentifierRule, Matching, Policy
from knotwork_graph.policy.settings import (
    AccessSettings,
    GateSettings,
    GraphSettings,
    NightlySettings,
    ServeSettings,
    WorkspaceSettings,
)
from knotwork_graph.policy.webhook_rules import ADDRESS, KINDS, WebhookSettings

IDENTIFIERS = "identifiers"
DEFAULT_TYPE = "default"
NAMED = {IDENTIFIERS: "TYPE", "traits": "NAME", "sources": "NAME", "signals": "NAME", "webhooks": "NAME"}
SEGMENTS = "segments"
"""The section whose entries are rules, not settings: whoever evaluates them reads them."""
"""The sections that stand once for each name, as ``[traits.birth_date]``, and what the documentation calls the name."""

SURVIVORSHIP = kinds.one_of("latest", "first", "most_frequent", "longest", "source_priority", "verified_first")
AS_PROFILE = "as `[profile]` says"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: ``default`` as a Python value."""

    section: str
    name: str
    kind: Kind
    default: object
    meaning: str
    absent: str = ""

    @property
    def home(self) -> str:
        """The section as the documentation shows it: ``identifiers.TYPE``, ``graph``."""
        return shown_section(self.section)

    @property
    def shown_default(self) -> str:
        """The default as TOML has it; ``not limited``, ``never`` or what ``absent`` says where there is none."""
        return show(self.default, absent=self.absent or ("never" if self.kind is kinds.DURATION else "not limited"))


def shown_section(name: str) -> str:
    """A section's name as the documentation has it."""
    return f"{name}.{NAMED[name]}" if name in NAMED else name


def show(value: object, *, absent: str = "") -> str:
    """``value`` as TOML has it."""
    if value is None:
        return absent
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | timedelta):
        return f'"{show_duration(value) if isinstance(value, timedelta) else value}"'
    if isinstance(value, tuple):
        return f"[{', '.join(show(one) for one in value)}]"
    return str(value) if isinstance(value, int | float) else "{}"


def section(name: str, defaults: object, *lines: tuple[str, Kind, str], absent: str = "") -> tuple[Setting, ...]:
    """The settings of one section, with their defaults taken from a value of the class that holds them."""
    return tuple(
        Setting(name, key, kind, getattr(defaults, key), meaning, absent if kind is SURVIVORSHIP else "")
        for key, kind, meaning in lines
    )


SETTINGS: tuple[Setting, ...] = (
    *section(
        "resolution",
        Policy(),
        (
            "conflict",
            kinds.one_of("strongest", "newest", "oldest", "isolate"),
            "Which links are kept where a cluster breaks the policy.",
        ),
        (
            "shared_events",
            kinds.one_of("session", "device_split", "last_identified", "nobody"),
            "Whose an event is that carries only shared or contested identifiers.",
        ),
        ("max_cluster_size", kinds.whole(1, 500), "The most identifiers that one customer may hold."),
        ("half_life", kinds.DURATION, "The time in which evidence loses half its weight when two links compete."),
    ),
    *section(
        IDENTIFIERS,
        IdentifierRule(DEFAULT_TYPE),
        ("priority", kinds.whole(1, 1, 99), "How strong the type is; 1 is the strongest, 99 has no say."),
        ("max_per_customer", kinds.whole(1, 5), "The most values of this type that one customer may hold."),
        ("normaliser", kinds.NORMALISER, "How values are brought into one form before they are compared."),
        ("blocked", kinds.PATTERNS, "Values that link nothing: globs, or RE2 expressions after `re:`."),
        (
            "shared_above",
            kinds.GUARDS,
            "A value seen with more values than this of another type, or of a trait (`trait:NAME`), links nothing.",
        ),
        ("trust", kinds.share(zero=False), "The type's factor in a link's weight; a pair has the product of both."),
        ("ttl", kinds.DURATION, "A link not seen for so long links no more; the shorter of the two types counts."),
        ("provider_rules", kinds.FLAG, "Whether e-mail drops `+tag`, and dots at Gmail, as the providers do."),
        ("region", kinds.REGION, "The country of phone numbers that are written without one."),
        (
            "check_digit",
            kinds.one_of("none", "luhn", "ean"),
            "By what rule the last digit of a loyalty card proves the others; a card without is invalid.",
        ),
    ),
    *section(
        "matching",
        Matching(),
        ("auto_join", kinds.FLAG, "Whether pairs above `join_above` are joined without a person."),
        ("join_above", kinds.share(zero=False), "The probability above which a pair may be joined without a person."),
        ("propose_above", kinds.share(zero=True), "The probability above which a pair is put before a person."),
    ),
    *section(
        "profile",
        ProfileRules(),
        ("survivorship", SURVIVORSHIP, "Which value of a trait survives where sources or times differ."),
        ("source_priority", profile_kinds.NAMES, "The sources that go first where `source_priority` chooses."),
        ("purchases", profile_kinds.NAMES, "The events that are purchases, for recency, frequency and value."),
        ("amount", kinds.TEXT, "The property that holds an amount, for sums by currency."),
        ("currency", kinds.TEXT, "The property that names the currency of an amount."),
    ),
    *section(
        "traits",
        TraitRule(""),
        ("survivorship", SURVIVORSHIP, "Which value of this trait survives."),
        ("source_priority", profile_kinds.NAMES, "The sources that go first for this trait."),
        (
            "most",
            kinds.whole(1, 1),
            "A customer with more values than this is flagged; 1 for `birth_date` and `gender`, 2 for `family_name`.",
        ),
        absent=AS_PROFILE,
    ),
    *section(
        "sources",
        SourceRule(""),
        ("rank", kinds.whole(1, 1, 99), "Values of a source with a lower rank survive; 1 is the foremost."),
        ("survivorship", SURVIVORSHIP, "Which of its own values the source stands for; all compete where unsaid."),
        ("never", profile_kinds.NAMES, "Traits that are not taken from this source."),
        absent="all compete",
    ),
    *section(
        "signals",
        Signal(""),
        ("events", profile_kinds.WEIGHTS, "The events that count, as names or globs, each with its weight."),
        ("where", profile_kinds.WHERE, "What properties of the event must be: a value, a list, or bounds."),
        ("half_life", kinds.DURATION, "The time in which an event loses half its weight."),
        ("above", kinds.growth(), "The value above which the signal is on."),
    ),
    *section(
        "lifecycle",
        Stages(),
        ("new", kinds.DURATION, "First seen within this time: new."),
        ("active", kinds.DURATION, "Last seen within this time: active."),
        ("at_risk", kinds.DURATION, "Last seen within this time: at risk; longer ago: lost."),
    ),
    *section(
        "consent",
        ProfileRules(),
        ("purposes", profile_kinds.NAMES, "The purposes that a profile lists even where nobody said a word."),
    ),
    *section(
        "graph",
        GraphSettings(),
        (
            "url",
            kinds.URL,
            "Where the identity graph is kept: `sqlite`, or a Neo4j address such as `neo4j://host:7687`.",
        ),
        ("database", kinds.TEXT, "The name of the database on a Neo4j server."),
    ),
    *section(
        "serve",
        ServeSettings(),
        ("host", kinds.HOST, "The address to listen on; the default is reached from this machine only."),
        ("port", kinds.whole(0, 8765, 65_535), "The port to listen on; 0 takes any that is free."),
        ("show_personal", kinds.FLAG, "Whether pages show personal values in clear; meant for made-up data."),
    ),
    *section(
        "access",
        AccessSettings(),
        ("issuer", kinds.ISSUER, "The OpenID Connect issuer whose users may come in; empty for none."),
        ("audience", kinds.TEXT, "Whom the issuer's tokens must be meant for."),
        ("role_claim", kinds.TEXT, "The claim of the issuer's tokens that names the role."),
        ("hosts", kinds.HOSTS, "The host names that `serve` answers to, beside loopback and its own."),
        ("requests", kinds.whole(1, 1200), "How many requests one caller may send in a minute."),
    ),
    *section(
        "gates",
        GateSettings(),
        ("id_changes", kinds.SHARE_OR_OFF, "The most of all customers whose id may stop naming a customer."),
        ("changed_hands", kinds.SHARE_OR_OFF, "The most of all identifiers that may go to another customer."),
        ("largest_customer", kinds.COUNT_OR_OFF, "The most identifiers that any customer may hold."),
        ("largest_growth", kinds.GROWTH_OR_OFF, "By how much the largest customer may grow, from 20 identifiers up."),
        ("customer_growth", kinds.GROWTH_OR_OFF, "By how much the number of customers may grow."),
        ("identifiers_lost", kinds.SHARE_OR_OFF, "The most of all identifiers that may go from a customer to nobody."),
        ("severed", kinds.SHARE_OR_OFF, "The most of all links that may be severed."),
        ("severed_growth", kinds.SHARE_OR_OFF, "The most of all links that may be severed beyond the share that was."),
        ("contradictions", kinds.COUNT_OR_OFF, "How many decisions may contradict an earlier one."),
        ("unknown_decisions", kinds.COUNT_OR_OFF, "How many decisions may name an identifier that no event has shown."),
        ("ledger", kinds.FLAG, "Whether every event must be counted once: in the log, its files and the generation."),
        ("graph", kinds.FLAG, "Whether every edge is counted anew from the facts; seconds for a million events."),
        (
            "drift",
            kinds.one_of("repair", "hold", "off"),
            "What to do where single events have led to other customers than everything together does.",
        ),
    ),
    *section(
        "review",
        ReviewSettings(),
        ("large_customer", kinds.COUNT_OR_OFF, "A customer with more identifiers than this is put before a person."),
        ("claim", kinds.DURATION, "How long a case is one person's before others may take it."),
        ("age", kinds.DURATION, "The time in which a waiting case comes to count twice as much."),
        ("sample", kinds.share(zero=True), "The share of automatic joins that is put before a person for quality."),
        ("customers", kinds.COUNT_OR_OFF, "A decision that changes more customers than this needs a second person."),
        ("events", kinds.COUNT_OR_OFF, "A decision that moves more events than this needs a second person."),
        ("bulk", kinds.COUNT_OR_OFF, "More decisions at once than this need a second person."),
        ("consent", kinds.FLAG, "Whether a decision that makes consent stricter for anybody needs a second person."),
    ),
    *section(
        "nightly",
        NightlySettings(),
        ("at", kinds.TIME_OF_DAY, "When `serve` recomputes, as `02:30`; empty for never."),
        ("timezone", kinds.TIMEZONE, "The time zone of `at`."),
    ),
    *section(
        "webhooks",
        WebhookSettings(""),
        ("url", ADDRESS, "Where the change feed is sent to: `https://`, or an address of this machine."),
        ("kinds", KINDS, "The kinds of change that are sent; all where empty."),
        ("identifiers", kinds.FLAG, "Whether the identifiers that changed hands are sent, which are personal data."),
        ("begin", kinds.one_of("now", "start"), "Where a new webhook begins: at the changes to come, or at the first."),
        ("batch", kinds.whole(1, 100, 1_000), "The most changes in one message."),
        ("timeout", kinds.DURATION, "How long an answer is waited for."),
        ("give_up", kinds.DURATION, "After failing for so long it is set aside, until `knotwork webhook resume`."),
    ),
    *section(
        "workspace",
        WorkspaceSettings(),
        ("name", kinds.TEXT, "What the workspace is called in headings."),
    ),
)

SECTIONS = tuple(dict.fromkeys(setting.section for setting in SETTINGS))


def settings_of(name: str) -> dict[str, Setting]:
    """The settings of the section ``name`` by their names, in the order they were declared."""
    return {setting.name: setting for setting in SETTINGS if setting.section == name}
