"""What lies around a customer or an identifier: edges with both their ends, never more than was asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from knotwork_graph.model import Identifier
from knotwork_graph.ports import Standing, Surroundings, Tie
from knotwork_graph.sqlite.connection import Lookup
from knotwork_graph.sqlite.looking import STATUSES, source_names, sources_of
from knotwork_graph.sqlite.schema import VISIBLE

MANY = 500  # values bound in one statement

STANDING = """
SELECT i.id, t.name || ':' || i.value, coalesce(m.customer, 0), coalesce(m.status, i.status),
    coalesce(m.reason, i.reason, ''), m.customer IS NOT NULL OR i.status <> 0
FROM identifiers AS i JOIN types AS t ON t.code = i.type
LEFT JOIN memberships AS m
    ON m.identifier = i.id AND m.from_run <= :run AND (m.to_run IS NULL OR m.to_run > :run)
"""
ONE = STANDING + "WHERE i.type = (SELECT code FROM types WHERE name = :type) AND i.value = :value"
SOME = STANDING + "WHERE i.id IN ({slots})"

# each edge once: from its lower end, or from its higher end where the lower one is not the customer's. Nothing is
# sorted, so that the limit ends the reading
OF_CUSTOMER = f"""
WITH own AS (SELECT identifier FROM memberships WHERE customer = :customer AND {VISIBLE}),
touching AS (
    SELECT e.* FROM own JOIN edges AS e ON e.a = own.identifier
    UNION ALL SELECT e.* FROM own JOIN edges AS e ON e.b = own.identifier WHERE NOT EXISTS (
        SELECT 1 FROM memberships AS m WHERE m.identifier = e.a AND m.customer = :customer AND {VISIBLE}))
"""
OF_IDENTIFIER = """
WITH touching AS (SELECT * FROM edges WHERE a = :identifier UNION ALL SELECT * FROM edges WHERE b = :identifier)
"""
TIES = """
SELECT e.a, e.b, e.count, e.vouched, e.first_seen, e.last_seen, e.sources, coalesce(s.rule, ''), coalesce(s.detail, '')
FROM (SELECT * FROM touching LIMIT :most) AS e
LEFT JOIN severed AS s ON s.a = e.a AND s.b = e.b AND s.from_run <= :run AND (s.to_run IS NULL OR s.to_run > :run)
"""


def standing(lookup: Lookup, identifier: Identifier, run: int) -> Standing | None:
    """Where one identifier stands, or None where it was never seen."""
    bound = {"type": identifier.type, "value": identifier.value, "run": run}
    row = lookup.one(ONE, bound)
    return None if row is None else _standing(row)


def around_customer(lookup: Lookup, customer: int, most: int, run: int) -> Surroundings:
    """At most ``most`` of the edges that touch a customer's identifiers."""
    ties = _ties(lookup, OF_CUSTOMER, {"customer": customer, "most": most + 1, "run": run})
    return _with_ends(lookup, ties[:most], run, whole=len(ties) <= most)


def around_identifiers(lookup: Lookup, ids: Sequence[int], most: int, run: int) -> Surroundings:
    """At most ``most`` of the edges that touch each of ``ids``."""
    found: dict[tuple[int, int], Tie] = {}
    whole = True
    for identifier in ids:
        ties = _ties(lookup, OF_IDENTIFIER, {"identifier": int(identifier), "most": most + 1, "run": run})
        whole &= len(ties) <= most
        found.update({(tie.a, tie.b): tie for tie in ties[:most]})
    return _with_ends(lookup, tuple(found.values()), run, whole=whole)


def _ties(lookup: Lookup, which: str, bound: dict[str, int]) -> tuple[Tie, ...]:
    names = source_names(lookup)
    rows = lookup.rows(which + TIES, bound)
    sources = {mask: sources_of(mask, names) for mask in {row[6] for row in rows}}  # few masks, many edges
    return tuple(
        Tie(a, b, count, vouched, first, last, sources[mask], rule, detail)
        for a, b, count, vouched, first, last, mask, rule, detail in rows
    )


def _with_ends(lookup: Lookup, ties: tuple[Tie, ...], run: int, *, whole: bool) -> Surroundings:
    ids = {end for tie in ties for end in (tie.a, tie.b)}
    return Surroundings({one.id: one for one in _standings(lookup, sorted(ids), run)}, ties, whole)


def _standings(lookup: Lookup, ids: Sequence[int], run: int) -> Iterable[Standing]:
    for start in range(0, len(ids), MANY):
        slots = ", ".join(map(str, ids[start : start + MANY]))
        for row in lookup.rows(SOME.format(slots=slots), {"run": run}):
            yield _standing(row)


def _standing(row: tuple[int, str, int, int, str, int]) -> Standing:
    identifier, key, customer, status, reason, resolved = row
    return Standing(identifier, key, customer, STATUSES[status], reason, bool(resolved))
