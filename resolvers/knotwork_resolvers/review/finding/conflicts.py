"""Links that were cut because customers would break the policy: one finding for each collision, not for each link."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from knotwork_graph.desk import CaseKind, Finding
from knotwork_resolvers.identity.joining import CANNOT_LINK, ISOLATE
from knotwork_resolvers.identity.resolution import Ints
from knotwork_resolvers.review.finding.scene import ReviewScene

HALF = 4.0
"""So much evidence for what was cut makes it as likely as not that the cut was wrong."""


def conflicts(scene: ReviewScene) -> Iterator[Finding]:
    """The collisions, by rule and values; those that a steward's cannot-link made are no question any more.

    O(cut links log cut links), with one step of Python for each collision.
    """
    cut = scene.cut
    if not len(cut.a):
        return
    groups = _groups(scene)
    order = np.argsort(groups, kind="stable")
    starts = np.flatnonzero(np.r_[True, groups[order][1:] != groups[order][:-1]])
    weight = _evidence(scene)
    for rows in np.split(order, starts[1:]):
        if cut.rule[int(rows[0])].as_py() != CANNOT_LINK:
            yield _finding(scene, rows, weight[rows])


def _finding(scene: ReviewScene, rows: Ints, weight: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Finding:
    cut, first = scene.cut, int(rows[np.lexsort((rows, -weight))[0]])
    rule, detail = cut.rule[int(rows[0])].as_py(), cut.detail[int(rows[0])].as_py()
    ends = np.concatenate([cut.a[rows], cut.b[rows]])
    customers = np.unique(scene.customer[ends])
    strongest = float(weight.max())
    return Finding(
        kind=CaseKind.CONFLICT,
        about=collided(rule, detail) or _pair(scene, first),
        source="resolver",
        grounds=(rule.partition(".")[0],),
        score=round(strongest / (strongest + HALF), 4),
        detail=f"{rule}: {detail}" if detail else rule,
        customers=tuple(customers[customers > 0].tolist()),
    )


def collided(rule: str, detail: str) -> tuple[str, ...]:
    """The first value of each side that collided; nothing where a rule names none of both.

    >>> collided("max_per_customer.user_id", "user_id:2, user_id:3 | user_id:1")
    ('user_id:1', 'user_id:2')
    """
    left, mark, right = detail.partition(" | ")
    if not mark or rule == ISOLATE:
        return ()
    return tuple(sorted({side.split(", ")[0] for side in (left, right)}))


def _pair(scene: ReviewScene, row: int) -> tuple[str, ...]:
    return tuple(sorted([scene.key(int(scene.cut.a[row])), scene.key(int(scene.cut.b[row]))]))


def _groups(scene: ReviewScene) -> Ints:
    """A number for each cut link: the same for those that collide in the same values, else for the same customers."""
    import pyarrow as pa

    a, b = scene.customer[scene.cut.a], scene.customer[scene.cut.b]
    table = pa.table(
        {"rule": scene.cut.rule, "detail": scene.cut.detail, "low": np.minimum(a, b), "high": np.maximum(a, b)}
    )
    names = ["rule", "detail", "low", "high"]
    keys = table.group_by(names).aggregate([]).append_column("group", pa.array(range(_distinct(table, names))))
    joined = table.append_column("row", pa.array(range(len(table)))).join(keys, keys=names).sort_by("row")
    return np.asarray(joined["group"].to_numpy(), np.int64)


def _distinct(table: object, names: list[str]) -> int:
    return len(table.group_by(names).aggregate([]))  # type: ignore[attr-defined]  # an Arrow table, which is untyped


def _evidence(scene: ReviewScene) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """How much was seen of each cut link: log2(1 + count) + 2 log2(1 + vouched); 0 for one that is no edge any more."""
    edges, cut = scene.graph.edges, scene.cut
    span = len(scene.graph.identifiers)
    pair = np.minimum(edges.a, edges.b) * span + np.maximum(edges.a, edges.b)
    wanted = np.minimum(cut.a, cut.b) * span + np.maximum(cut.a, cut.b)
    order = np.argsort(pair, kind="stable")
    at = np.searchsorted(pair[order], wanted)
    known = (at < len(pair)) & (pair[order][np.minimum(at, len(pair) - 1)] == wanted) if len(pair) else at < 0
    weight = np.zeros(len(wanted))
    rows = order[at[known]]
    weight[known] = np.log2(1.0 + edges.count[rows]) + 2 * np.log2(1.0 + edges.vouched[rows])
    return weight
