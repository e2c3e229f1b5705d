"""Keeping runs: membership differences, severed edges, redirects and changes, invisible until published."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from knotwork_graph.errors import StoreError, UnknownRunError
from knotwork_graph.model import Run, RunState, from_micros, to_micros
from knotwork_graph.ports import StagedRun
from knotwork_graph.sqlite.connection import FEW, Bulk
from knotwork_graph.sqlite.projecting import is_empty, refill
from knotwork_graph.sqlite.tables import listed

if TYPE_CHECKING:
    import pyarrow as pa

END_MEMBERS = "UPDATE memberships SET to_run = ?2 WHERE identifier = ?1 AND to_run IS NULL"
SEVERED_AT = """
WITH own AS (SELECT value AS id FROM json_each(?1))
SELECT 1 AS one FROM own WHERE EXISTS (SELECT 1 FROM severed AS s WHERE s.a = own.id AND +s.to_run IS NULL)
    OR EXISTS (SELECT 1 FROM severed AS s WHERE s.b = own.id AND +s.to_run IS NULL)
LIMIT 1
"""
# each side by its own index, and never by that of to_run (hence the plus), whose open rows are all there are
OPEN = "to_run IS NULL"
OPEN_WITHIN = f"""
+{OPEN} AND (a, b, from_run) IN (
    SELECT s.a, s.b, s.from_run FROM json_each(?3) AS own CROSS JOIN severed AS s ON s.a = own.value
    UNION SELECT s.a, s.b, s.from_run FROM json_each(?3) AS own CROSS JOIN severed AS s ON s.b = own.value)
"""
END_SEVERED = """
UPDATE severed SET to_run = ?2 WHERE {which} AND NOT EXISTS (SELECT 1 FROM {source} AS new
    WHERE new.a = severed.a AND new.b = severed.b AND new.rule = severed.rule AND new.detail = severed.detail)
"""
ADD_SEVERED = """
INSERT INTO severed (a, b, from_run, rule, detail) SELECT new.a, new.b, ?2, new.rule, new.detail
FROM {source} AS new WHERE NOT EXISTS (
    SELECT 1 FROM severed AS old WHERE old.a = new.a AND old.b = new.b AND old.to_run IS NULL)
"""
END_REDIRECT = "UPDATE redirects SET to_run = ? WHERE to_run IS NULL AND customer = ?"
ADD_REDIRECT = "INSERT OR REPLACE INTO redirects (customer, from_run, heirs) VALUES (?, ?, ?)"
# A run goes on from the one that readers see. Where runs after that one were dropped, their redirects of customers that
# live, or that lead elsewhere, are taken back, and those they ended stand again. Redirects of customers that only the
# dropped runs knew are kept: somebody may have written such an id down.
DROP_REDIRECTS = """
UPDATE redirects SET to_run = ?1 WHERE to_run IS NULL AND from_run > ?2 AND (
    customer IN (SELECT customer FROM redirects WHERE from_run <= ?2 AND to_run > ?2)
    OR EXISTS (SELECT 1 FROM memberships AS m WHERE m.customer = redirects.customer
        AND m.from_run <= ?2 AND (m.to_run IS NULL OR m.to_run > ?2)))
"""
RESTORE_REDIRECTS = """
INSERT OR REPLACE INTO redirects (customer, from_run, heirs)
SELECT customer, ?1, heirs FROM redirects WHERE from_run <= ?2 AND to_run > ?2 AND to_run < ?1
"""
META = """
UPDATE meta SET value = CASE name WHEN 'policy' THEN ?3 WHEN 'next_number' THEN ?2 ELSE ?1 END
WHERE name IN ('last_run', 'next_number', 'policy'{pointer})
"""
POINTER = ", 'current'"
# What is pending came after the last run looked. A run that is seen again has not looked since, so it settles nothing.
SEEN_FOR_THE_FIRST_TIME = """
DELETE FROM pending WHERE EXISTS (SELECT 1 FROM runs WHERE number = ?1 AND state = ?2)
AND ?1 = (SELECT max(number) FROM runs)
"""
TELL = "INSERT INTO publications (at, run) VALUES (?, ?)"
ADD_RUN = "INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"


def stage_run(bulk: Bulk, staged: StagedRun) -> None:
    """Write all that a run found inside the caller's transaction."""
    _stage_rows(bulk, staged)
    _add_run(bulk, staged)


def stage_published(bulk: Bulk, staged: StagedRun, at: int) -> None:
    """The same, and readers see it from ``at`` on: what ``publish_run`` would do, in fewer statements.

    What is pending is the caller's to settle.
    """
    run = staged.run
    shown = replace(run, state=RunState.PUBLISHED, finished=run.finished or from_micros(at))
    _stage_rows(bulk, staged)
    _add_run(bulk, replace(staged, run=shown), POINTER)
    bulk.execute(TELL, (at, run.number))


def _stage_rows(bulk: Bulk, staged: StagedRun) -> None:
    number = staged.run.number
    _stage_members(bulk, staged, number)
    _stage_severed(bulk, staged)
    if staged.scope is None:
        _take_back_redirects(bulk, number)
    _stage_redirects(bulk, staged, number)
    if len(staged.changes):
        bulk.append("changes", _with(staged.changes, "run", number))


def _stage_redirects(bulk: Bulk, staged: StagedRun, number: int) -> None:
    import pyarrow as pa

    retired = [customer for customer, _ in staged.redirects]
    ended = [*staged.revived, *retired]
    if ended:
        bulk.execute_each(END_REDIRECT, pa.table({"run": [number] * len(ended), "customer": ended}))
    if retired:
        heirs = [" ".join(map(str, some)) for _, some in staged.redirects]
        added = pa.table({"customer": retired, "run": [number] * len(retired), "heirs": heirs})
        bulk.execute_each(ADD_REDIRECT, added)


def publish_run(bulk: Bulk, number: int, at: int) -> None:
    """Move the pointer to a run inside the caller's transaction; a run that was not staged is refused."""
    known = bulk.rows("SELECT state FROM runs WHERE number = ?", (number,))
    if not known:
        raise UnknownRunError(f"there is no run {number}. `knotwork runs list` shows those there are.")
    if known[0][0] == RunState.HELD:
        raise UnknownRunError(f"run {number} was held, and nothing of it was kept that readers could be shown.")
    bulk.execute(SEEN_FOR_THE_FIRST_TIME, (number, RunState.STAGED))
    bulk.execute(
        "UPDATE runs SET state = ? WHERE number > ? AND state = ?", (RunState.ROLLED_BACK, number, RunState.PUBLISHED)
    )
    bulk.execute(
        "UPDATE runs SET state = ?, finished = coalesce(finished, ?) WHERE number = ?", (RunState.PUBLISHED, at, number)
    )
    bulk.execute("UPDATE meta SET value = ? WHERE name = 'current'", (str(number),))
    bulk.execute(TELL, (at, number))


def hold_run(bulk: Bulk, run: Run, policy: str) -> None:
    """Keep the row of a run that may not be published inside the caller's transaction, and give out its number."""
    if bulk.rows("SELECT 1 AS one FROM runs WHERE number = ?", (run.number,)):
        raise StoreError(f"there is a run {run.number} already, so it was not kept again.")
    _add_row(bulk, run, policy)
    bulk.execute("UPDATE meta SET value = ? WHERE name = 'last_run'", (str(run.number),))


def _stage_severed(bulk: Bulk, staged: StagedRun) -> None:
    if staged.scope is not None and not len(staged.scope):
        return
    number, scope = staged.run.number, () if staged.scope is None else (listed(staged.scope),)
    if scope and not len(staged.severed) and not bulk.rows(SEVERED_AT, scope):
        return  # as nearly always
    given = bulk.given("new_severed", staged.severed)
    ended = END_SEVERED.format(which=OPEN_WITHIN if scope else OPEN, source=given.source)
    bulk.execute(ended, (given.text, number, *scope))
    if len(staged.severed):
        bulk.execute(ADD_SEVERED.format(source=given.source), (given.text, number))


def _take_back_redirects(bulk: Bulk, number: int) -> None:
    """Undo what runs between the current one and ``number`` did to redirects."""
    current = int(bulk.rows("SELECT value FROM meta WHERE name = 'current'")[0][0])
    if current < number - 1:
        bulk.execute(DROP_REDIRECTS, (number, current))
        bulk.execute(RESTORE_REDIRECTS, (number, current))


def _stage_members(bulk: Bulk, staged: StagedRun, number: int) -> None:
    rows = _with(staged.members, "from_run", number)
    if is_empty(bulk, "memberships", rows):
        refill(bulk, "memberships", rows)
    elif len(rows):
        rows = rows if len(rows) <= FEW else rows.sort_by("identifier")  # in their order they are written faster
        _end_members(bulk, staged, rows)
        bulk.append("memberships", rows)


def _end_members(bulk: Bulk, staged: StagedRun, rows: pa.Table) -> None:
    """End the open rows of the identifiers of ``rows``, which have their order."""
    import numpy as np
    import pyarrow as pa

    ended = rows.select(["identifier", "from_run"])
    if staged.ended is not None:
        ended = ended.filter(pa.array(np.isin(ended["identifier"].to_numpy(), staged.ended)))
    if len(ended):
        bulk.execute_each(END_MEMBERS, ended)


def _add_run(bulk: Bulk, staged: StagedRun, pointer: str = "") -> None:
    run = staged.run
    _add_row(bulk, run, staged.policy)
    bulk.execute(META.format(pointer=pointer), (str(run.number), str(staged.next_number), staged.policy))


def _add_row(bulk: Bulk, run: Run, policy: str) -> None:
    finished = None if run.finished is None else to_micros(run.finished)
    bulk.execute(
        ADD_RUN,
        (
            run.number,
            run.state,
            to_micros(run.as_of),
            to_micros(run.started),
            finished,
            policy,
            json.dumps(run.counts),
            run.how,
            run.base,
        ),
    )


def _with(rows: pa.Table, name: str, value: Any) -> pa.Table:
    import pyarrow as pa

    return rows.append_column(name, pa.repeat(pa.scalar(value), len(rows)))
