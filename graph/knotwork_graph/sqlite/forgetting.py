"""Forgetting the values of identifiers that no fact bears any more; their ids, and what became of them, stay."""

from __future__ import annotations

from knotwork_graph.sqlite.connection import Bulk

NOBODYS = "(SELECT t.name || ':{mark}' || i.id FROM identifiers AS i JOIN types AS t ON t.code = i.type WHERE {found})"
UNBORNE = """i.events = 0 AND t.name = substr(decisions.{end}, 1, instr(decisions.{end}, ':') - 1)
    AND i.value = substr(decisions.{end}, instr(decisions.{end}, ':') + 1)"""
DECIDED = """
UPDATE decisions SET {end} = {key}, reason = '', comment = '' WHERE EXISTS {key}
"""
ENDED = "UPDATE severed SET detail = '' WHERE to_run IS NOT NULL AND detail <> ''"
TOLD = """
UPDATE memberships SET reason = NULL WHERE to_run IS NOT NULL AND reason IS NOT NULL
    AND identifier IN (SELECT id FROM identifiers WHERE events = 0)
"""
VALUES = "UPDATE identifiers SET value = ? || id, reason = NULL WHERE events = 0 AND value <> ? || id"


def forget_unseen(bulk: Bulk, mark: str) -> None:
    """Give each identifier without events the value ``mark`` and its id, in decisions too; all or none of it."""
    with bulk.transaction():
        for end in ("a", "b"):
            key = NOBODYS.format(mark=mark, found=UNBORNE.format(end=end))
            bulk.labour(DECIDED.format(end=end, key=key))
        for statement in (ENDED, TOLD):
            bulk.labour(statement)
        bulk.execute(VALUES, (mark, mark))
    # what was there would stay in free pages, and in the log of writes
    bulk.labour("VACUUM")
    bulk.labour("PRAGMA wal_checkpoint(TRUNCATE)")
