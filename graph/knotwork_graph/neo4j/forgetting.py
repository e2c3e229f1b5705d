"""Forgetting the values of identifiers that no fact bears any more; their ids, and what became of them, stay."""

from __future__ import annotations

from knotwork_graph.neo4j.connection import Server
from knotwork_graph.neo4j.taking import IN_A_PART, put, take
from knotwork_graph.neo4j.work import Work

DECIDED = """
MATCH (d:Decision)
MATCH (i:Identifier {{key: d.{end}}}) WHERE i.events = 0
SET d.{end} = i.type + ':' + $mark + i.id, d.reason = '', d.comment = ''
RETURN count(*)
"""
ENDED = """
MATCH (:Identifier)-[s:SEVERED]->(:Identifier) WHERE s.to_run IS NOT NULL AND s.detail <> ''
WITH s LIMIT $most SET s.detail = '' RETURN count(*)
"""
TOLD = """
MATCH (i:Identifier)-[m:BELONGS_TO]->() WHERE i.events = 0 AND m.to_run IS NOT NULL AND m.reason IS NOT NULL
WITH m LIMIT $most SET m.reason = null RETURN count(*)
"""
VALUES = """
MATCH (i:Identifier) WHERE i.events = 0 AND i.value <> $mark + i.id
WITH i LIMIT $most
SET i.value = $mark + i.id, i.key = i.type + ':' + $mark + i.id, i.reason = null
RETURN count(*)
"""


def forget_unseen(server: Server, mark: str) -> None:
    """Give each identifier without events the value ``mark`` and its id, in decisions too; may be taken again."""

    def decided(work: Work) -> None:
        meta = take(work)
        for end in ("a", "b"):
            work.rows(DECIDED.format(end=end), mark=mark)
        put(work, reworded=meta["turn"])

    def some(statement: str) -> int:
        def step(work: Work) -> int:
            take(work)
            return int(work.rows(statement, mark=mark, most=IN_A_PART)[0][0])

        return server.write(step)

    server.write(decided)
    for statement in (ENDED, TOLD, VALUES):
        while some(statement):
            pass
