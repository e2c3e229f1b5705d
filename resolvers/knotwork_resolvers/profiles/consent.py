"""Consent by purpose: each identifier's latest word, and of the identifiers of a customer the strictest.

A word is about the identifiers that its event bears, whosever the event is: an address that said no is not to be
written to, also where the event fell to somebody else. Of two words at one moment the stricter counts. What is no plain
yes is a no; an absent or empty word says nothing. Told for one customer and for everybody, with one meaning.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from knotwork_graph.policy import Policy
from knotwork_resolvers.profiles.bodies import said
from knotwork_resolvers.profiles.literal import text
from knotwork_resolvers.profiles.moment import Moment, until_sql
from knotwork_resolvers.profiles.observed import NAMED

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

    from knotwork_graph.ports import GraphReader
    from knotwork_resolvers.home import Home

YES = ("true", "yes", "y", "t", "1", "granted", "given", "opted_in")
HOLDERS = "holders_of_identifiers"
# there are few bodies, which many events bear: each is read once, and an event names it by its number
CONSENTS = f"""(
WITH bodies AS MATERIALIZED (
    SELECT consent, row_number() OVER () AS body FROM (
        SELECT DISTINCT consent FROM {{events}} WHERE consent IS NOT NULL{{until}})),
words AS MATERIALIZED (
    SELECT body, name AS purpose, dense_rank() OVER (ORDER BY name) AS number,
        (word NOT IN ({", ".join(map(text, YES))}))::INT AS refused
    FROM (SELECT *, lower(trim(said->>'$')) AS word FROM ({NAMED.format(column="consent", rows="bodies")}))
    WHERE word <> ''),
told AS (
    SELECT identifier, body, max(moment) AS moment FROM (
        SELECT unnest(bears) AS identifier, body, moment FROM (
            SELECT bears, consent, epoch_us("timestamp") AS moment FROM {{events}}
            WHERE consent IS NOT NULL{{until}}) JOIN bodies USING (consent))
    GROUP BY identifier, body),
latest AS (
    -- the moment, and in its last bit whether the word is a no: the greater one counts
    SELECT identifier, number, max(moment * 2 + refused) & 1 AS refused FROM told JOIN words USING (body)
    GROUP BY identifier, number)
SELECT customer, purpose, refused = 0 AS allowed, disputed FROM (
    SELECT h.customer, number, max(refused) AS refused, max(refused) > min(refused) AS disputed
    FROM latest JOIN {HOLDERS} AS h ON h.id = latest.identifier GROUP BY h.customer, number)
JOIN (SELECT DISTINCT number, purpose FROM words) USING (number))
"""


class Said(NamedTuple):
    """One event with words on consent: the keys of the customer's identifiers that it bears; ``at`` in microseconds."""

    at: int
    source: str
    keys: tuple[str, ...]
    body: str


@dataclass(frozen=True, slots=True)
class Word:
    """The latest word of one identifier on one purpose."""

    purpose: str
    allowed: bool
    key: str
    source: str
    at: int

    @property
    def weight(self) -> tuple[bool, int, str, str, str]:
        """The heaviest word decides: a no before a yes, then the later one."""
        kind, _, value = self.key.partition(":")
        return not self.allowed, self.at, self.source, kind, value


def words_of(told: Iterable[Said]) -> dict[str, tuple[Word, ...]]:
    """The words of the identifiers of one customer by purpose, the one that decides first. O(words)."""
    latest: dict[tuple[str, str], Word] = {}
    for one in told:
        for purpose, value, _ in said(one.body):
            for key in one.keys:
                word = Word(purpose, value.lower() in YES, key, one.source, one.at)
                known = latest.get((purpose, key))
                if known is None or _later(word) > _later(known):
                    latest[purpose, key] = word
    found: dict[str, list[Word]] = {}
    for word in sorted(latest.values(), key=lambda one: one.weight, reverse=True):
        found.setdefault(word.purpose, []).append(word)
    return {purpose: tuple(found[purpose]) for purpose in sorted(found)}


def consents(
    connection: DuckDBPyConnection, home: Home, policy: Policy, moment: Moment, customers: Sequence[int] | None = None
) -> str:
    """What stands after FROM: ``customer, purpose, allowed, disputed``, a row for each purpose with a word.

    ``disputed``: identifiers of the customer disagree. O(events with words).
    """
    from knotwork_resolvers.generation.population import everybody

    register_holders(connection, home.store, customers)
    return consents_in(everybody(connection, home, policy), moment)


def consents_in(events: str, moment: Moment) -> str:
    """The same of ``events``, nobody's included; ``register_holders`` comes first."""
    return CONSENTS.format(events=events, until=until_sql(moment))


def register_holders(
    connection: DuckDBPyConnection, store: GraphReader, customers: Sequence[int] | None = None
) -> None:
    """Register who holds which identifier: ``id, type, value, customer``; of some customers, or of all."""
    connection.register(HOLDERS, holders(store, customers))


def holders(store: GraphReader, customers: Sequence[int] | None = None) -> pa.Table:
    """The linking identifiers of customers: Arrow columns ``id, type, value, customer``. O(identifiers)."""
    import numpy as np
    import pyarrow as pa

    from knotwork_resolvers.identity import NOBODY, StatusCode

    rows = store.memberships()
    held = rows.seen_by(store.state().current) & (rows.customer != NOBODY) & (rows.status == StatusCode.LINKING)
    if customers is not None:
        held &= np.isin(rows.customer, np.array(customers, np.int64))
    ids, customer = rows.identifier[held], rows.customer[held]
    found = store.identifiers_of(np.sort(ids))
    place = np.searchsorted(found.ids, ids)
    types = pa.array(found.type_names, pa.string()).take(pa.array(found.types[place]))
    return pa.table({"id": ids, "type": types, "value": found.values.take(pa.array(place)), "customer": customer})


def _later(word: Word) -> tuple[int, bool, str]:
    return word.at, not word.allowed, word.source
