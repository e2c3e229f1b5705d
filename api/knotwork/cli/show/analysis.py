"""An answer to a question about many: its tables in 80 columns, one JSON document, or one table as CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knotwork.cli.documents import document
from knotwork.cli.terminal import printable, remark
from knotwork_graph.errors import UsageError
from knotwork_graph.policy import suggestion

if TYPE_CHECKING:
    from knotwork_resolvers.analyses import Answer

ASIDE = frozenset({"counts"})
"""Tables that say in counts what the one before says in shares; CSV and JSON have them."""


def show_answer(kind: str, answer: Answer, form: str, table: str | None) -> str:
    """The answer in this form; ``table`` names the table of it that CSV writes. Raises ``UsageError``."""
    if form == "json":
        return document({"kind": kind, "answer": answer, "tables": answer.tables()})
    if form == "csv":
        return _csv(answer, table)
    return _text(answer)


def _text(answer: Answer) -> str:
    from knotwork_resolvers.analyses import table_text

    shown = [one for one in answer.tables() if one.rows and one.name not in ASIDE]
    parts = [(f"{one.name}\n" if len(shown) > 1 else "") + table_text(one) for one in shown]
    notes = "\n".join(f"({note})" for note in answer.notes)
    return "\n".join(printable(line) for line in "\n\n".join(filter(None, [*parts, notes])).splitlines())


def _csv(answer: Answer, name: str | None) -> str:
    from knotwork_resolvers.analyses import table_csv

    tables = {one.name: one for one in answer.tables()}
    if name is not None and name not in tables:
        raise UsageError(f"--table: there is no table {name}; {suggestion(name, list(tables))}")
    for note in answer.notes:
        remark(note)
    return table_csv(tables[name] if name is not None else answer.tables()[0])
