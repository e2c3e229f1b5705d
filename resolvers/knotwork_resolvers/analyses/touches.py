"""Touchpoints on the way to a conversion, and what each rule gives them.

Tables, whatever they are made of. A path is named by its turn; it ends with a conversion, and the next begins after it.
``stops``: place (orders them), t, touch, whether it is the conversion, the touch before and after it, and of its path
the last moment (ends) and that of the last touch (newest). ``ways``, a row for each path: customer, conversions and
nulls (how often it was gone), amount (NULL without one), currency. ``touches``: those of ``stops`` that count, with
``fresh``, their weight by age; ``kept`` is false for one that repeats itself and is counted once. ``figures``: those of
``ways`` that have touches, with what is known of these.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from knotwork_resolvers.analyses.log import EventLog, text
from knotwork_resolvers.analyses.markov import BEGIN, CONVERTED, LOST
from knotwork_resolvers.analyses.options import micros

RULES = ("first", "last", "last_non_direct", "linear", "time_decay", "position", "shapley")
STOPS = """
SELECT customer, place, epoch_us("timestamp") AS t, coalesce(event = {conversion}, false) AS conversion,
    CASE WHEN {is_touch} THEN nullif({touch}, '') END AS touch,
    CASE WHEN conversion THEN {amount} END AS worth, CASE WHEN conversion THEN {currency} END AS money
FROM raw WHERE conversion OR touch IS NOT NULL ORDER BY customer, place
"""
WAYS = """
CREATE OR REPLACE TEMP TABLE ways AS
SELECT any_value(customer) AS customer, turn, bool_or(conversion)::INT::DOUBLE AS conversions, 1 - conversions AS nulls,
    max(worth) AS amount, coalesce(max(money), '') AS currency
FROM stops GROUP BY turn
"""
TOUCHES = """
CREATE OR REPLACE TEMP TABLE touches AS
SELECT turn, place, touch, previous, pow(2, (t - newest) / {half_life}) AS fresh, {kept} AS kept
FROM stops WHERE touch IS NOT NULL AND ends - t <= {lookback}
"""
FIGURES = """
CREATE OR REPLACE TEMP TABLE figures AS SELECT * FROM (
    SELECT turn, min(place) AS begins, max(place) AS last, min(place) FILTER (kept) AS first,
        count(*) FILTER (kept) AS length, sum(fresh) FILTER (kept) AS all_fresh,
        max(place) FILTER (kept AND {named}) AS last_named
    FROM touches GROUP BY turn)
JOIN ways USING (turn)
"""
REPEATED = "(conversion OR next IS DISTINCT FROM touch)"
PARTS = {
    "first": "(place = first)::INT",
    "last": "(place = last)::INT",
    "last_non_direct": "(place = coalesce(last_named, last))::INT",
    "linear": "1 / length",
    "time_decay": "fresh / all_fresh",
    "position": "CASE WHEN length = 1 THEN 1 WHEN length = 2 THEN 0.5 WHEN place IN (first, last) THEN 0.4"
    " ELSE 0.2 / (length - 2) END::DOUBLE",
}
"""The part of its path's conversion that each touch has by each rule that looks at one touch after another."""
CREDITS = """
SELECT touch, currency, {sums} FROM touches JOIN figures USING (turn) WHERE conversions > 0 AND kept
GROUP BY touch, currency
"""
TOGETHER = """
SELECT touch, currency, sum(conversions / together), sum(amount / together) FROM (
    SELECT unnest(names) AS touch, len(names) AS together, currency, conversions, amount FROM (
        SELECT list(DISTINCT touch) AS names, any_value(currency) AS currency, any_value(conversions) AS conversions,
            any_value(amount) AS amount
        FROM touches JOIN figures USING (turn) WHERE conversions > 0 GROUP BY turn))
GROUP BY touch, currency
"""
MOVES = """
SELECT CASE WHEN place > begins THEN previous END AS origin, touch, sum(conversions + nulls)
FROM touches JOIN figures USING (turn) WHERE {moved} GROUP BY origin, touch
"""
MOVED = "(place = begins OR previous IS DISTINCT FROM touch)"
ENDS = """
SELECT touch, sum(conversions), sum(nulls) FROM touches JOIN figures USING (turn)
WHERE place = last GROUP BY touch
"""
TOTALS = """
SELECT sum(conversions), sum(conversions) FILTER (turn IN (SELECT turn FROM figures WHERE first IS NOT NULL)) FROM ways
"""
MONEY = """
SELECT currency, sum(amount),
    coalesce(sum(amount) FILTER (turn IN (SELECT turn FROM figures WHERE first IS NOT NULL)), 0) FROM ways
WHERE conversions > 0 AND amount IS NOT NULL GROUP BY currency ORDER BY currency
"""


@dataclass(frozen=True, slots=True)
class Reading:
    """How touches are read: the SQL of what a touch is, whether an event is one, and what its amount is."""

    lookback: timedelta | None
    half_life: timedelta
    collapse: bool
    direct: tuple[str, ...]
    touch: str = ""
    is_touch: str = ""
    conversion: str = ""
    amount: str = ""
    currency: str = ""


def collect(log: EventLog, read: Reading) -> None:
    """Make ``ways`` and ``touches`` from ``raw``; O(n log n)."""
    from knotwork_resolvers.analyses.stops import stops_of

    rows = STOPS.format(
        touch=read.touch,
        is_touch=read.is_touch,
        conversion=text(read.conversion),
        amount=read.amount,
        currency=read.currency,
    )
    log.connection.register("stops", stops_of(log.connection.sql(rows).to_arrow_table()))
    log.run(WAYS)
    count_touches(log, read)


def count_touches(log: EventLog, read: Reading) -> None:
    """Make ``touches`` and ``figures`` from ``stops`` and ``ways``."""
    lookback = micros(read.lookback) if read.lookback else 1 << 62
    kept = REPEATED if read.collapse else "true"
    log.run(TOUCHES.format(half_life=float(micros(read.half_life)), lookback=lookback, kept=kept))
    named = f"touch NOT IN ({', '.join(map(text, read.direct))})" if read.direct else "true"
    log.run(FIGURES.format(named=named))


def credits_of(log: EventLog) -> list[tuple[str, str, str, float, float | None]]:
    """Rule, touch, currency, conversions and amount (None without one) by every rule of ``RULES``.

    By each rule the parts of a path sum to 1. Shapley: where the worth of a set of touchpoints is the conversions of
    the paths that use no others, a path is shared equally by those on it. Zhao, Mahboobi and Bagheri (2018), Shapley
    value methods for attribution modeling in online advertising.
    """
    sums = ", ".join(f"sum({part} * conversions), sum({part} * amount)" for part in PARTS.values())
    found: list[tuple[str, str, str, float, float | None]] = []
    for touch, currency, *figures in log.run(CREDITS.format(sums=sums)):
        found += [
            (rule, touch, currency, figures[2 * place], figures[2 * place + 1]) for place, rule in enumerate(PARTS)
        ]
    return found + [("shapley", *row) for row in log.run(TOGETHER)]


def moves_of(log: EventLog, *, collapse: bool) -> dict[tuple[str, str], float]:
    """How often each step of the chain was gone, from the start to conversion or null."""
    steps = log.run(MOVES.format(moved=MOVED if collapse else "true"))
    moves = {(BEGIN if origin is None else origin, touch): count for origin, touch, count in steps}
    for touch, conversions, nulls in log.run(ENDS):
        moves[touch, CONVERTED], moves[touch, LOST] = conversions, nulls
    return moves
