"""One row of the audit chain, and the hash that ties it to the one before."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from knotwork_graph.model import to_micros

START = "0" * 64
"""What stands for the hash before the first row."""

KINDS = (
    "decision",
    "erasure",
    "undo",
    "import",
    "proposal",
    "approval",
    "refusal",
    "unmasking",
    "export",
    "policy",
    "token",
    "publication",
)
"""What is kept."""


@dataclass(frozen=True, slots=True)
class AuditRow:
    """``who`` did ``what`` at a time (aware), of one of the ``KINDS``; ``detail`` in words, maybe empty.

    ``hash`` is the SHA-256 over all else of the row and the hash of the row before.
    """

    number: int
    at: datetime
    kind: str
    who: str
    what: str
    detail: str
    hash: str


def hash_of(previous: str, row: AuditRow) -> str:
    """The hash that ``row`` must bear after a row of the hash ``previous``: of JSON, so no two rows read alike."""
    told = [previous, row.number, to_micros(row.at), row.kind, row.who, row.what, row.detail]
    return hashlib.sha256(json.dumps(told, ensure_ascii=True).encode()).hexdigest()
