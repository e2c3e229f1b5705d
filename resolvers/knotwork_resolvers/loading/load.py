"""Loading: files of events into the fact log, each row accepted, a duplicate, or refused with a reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from knotwork_graph.facts import DeadLetter, DeadLetterFile, FactLog
from knotwork_graph.model import LoadReport
from knotwork_resolvers.ahead import ahead
from knotwork_resolvers.loading.block import BLOCK_BYTES, Block, Refusal
from knotwork_resolvers.loading.check import Checked, Checker
from knotwork_resolvers.loading.inputs import Input, inputs
from knotwork_resolvers.loading.judge import Judge, Verdict
from knotwork_resolvers.loading.mapping import Mapping
from knotwork_resolvers.loading.replay import letters_of, set_aside

Progress = Callable[[int], None]


@dataclass(slots=True)
class Tally:
    """The running count of one load."""

    accepted: int = 0
    duplicate: int = 0
    rejected: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    types: set[str] = field(default_factory=set)

    def add(self, verdict: Verdict, refused: Sequence[Refusal]) -> None:
        """Nothing comes back; the outcome of one block is counted."""
        self.accepted += len(verdict.events)
        self.duplicate += verdict.duplicate
        self.rejected += len(refused)
        self.reasons.update(refusal.kind for refusal in refused)
        self.types |= _types(verdict)

    @property
    def received(self) -> int:
        """All rows met so far."""
        return self.accepted + self.duplicate + self.rejected


def load(
    paths: Sequence[Path] | BinaryIO,
    log: FactLog,
    *,
    mapping: Mapping | None = None,
    replay: bool = False,
    progress: Progress | None = None,
    policy_types: Collection[str] | None = None,
    block_bytes: int = BLOCK_BYTES,
) -> LoadReport:
    """What became of every row of ``paths`` (files, folders, ``-`` for standard input, or an open binary stream).

    What was accepted is durable block by block, in file order, so an interrupted load is completed by running it
    again. ``progress`` is told the rows received so far. ``policy_types``, if given, are the identifier types that
    the policy names; others are noted. O(bytes); memory is about twelve times ``block_bytes``.

    Raises ``InputError`` or ``MappingError`` before anything is loaded, where a file or the mapping cannot be used at
    all; ``InputError`` later, where a file turns out to be broken; ``DiskFullError`` or ``StoreError``.
    """
    found = letters_of(paths) if replay else inputs(paths, mapping, block_bytes)
    log.sweep()
    tally = Tally()
    with DeadLetterFile(log.dead_letters) as letters, _checked(found, log) as (judge, blocks):
        for checked in blocks:
            with log.appending():  # between verdict and append no single event of the same key may come
                verdict = judge(checked)
                refused = [*checked.refused, *verdict.refused]
                letters.write(_letters(checked.block, refused))
                log.append(verdict.events)
            tally.add(verdict, refused)
            if progress is not None:
                progress(tally.received)
    if replay:
        set_aside(paths)
    return _report(tally, letters, policy_types)


@contextmanager
def _checked(found: Sequence[Input], log: FactLog) -> Iterator[tuple[Judge, Iterator[Checked]]]:
    """The judge, and each block that was checked; one must be judged and appended before the next is."""
    import duckdb

    with (
        duckdb.connect() as connection,
        connection.cursor() as other,
        closing(ahead(map(Checker(connection), _blocks(found)))) as blocks,
    ):
        yield Judge(other, log), blocks


def _blocks(found: Sequence[Input]) -> Iterator[Block]:
    """The blocks of all inputs, in order."""
    for one in found:
        yield from one.blocks()


def _letters(block: Block, refused: Sequence[Refusal]) -> Iterator[DeadLetter]:
    """The dead letters of one block, by line."""
    for refusal in sorted(refused, key=lambda refusal: refusal.line):
        yield DeadLetter(block.file, refusal.line, refusal.reason, refusal.row)


def _types(verdict: Verdict) -> set[str]:
    """The identifier types that occur in the accepted events of a block."""
    import pyarrow.compute as pc

    pairs = pc.list_flatten(verdict.events["identifiers"])
    return set(pc.unique(pc.struct_field(pairs, "type")).to_pylist())


def _report(tally: Tally, letters: DeadLetterFile, policy_types: Collection[str] | None) -> LoadReport:
    """The report that people see."""
    unnamed = sorted(tally.types - set(policy_types)) if policy_types is not None else []
    notes = tuple(f"identifier type `{kind}` is not in the policy; it links with the defaults" for kind in unnamed)
    return LoadReport(
        received=tally.received,
        accepted=tally.accepted,
        duplicate=tally.duplicate,
        rejected=tally.rejected,
        dead_letters=str(letters.path or ""),
        reasons=dict(tally.reasons.most_common()),
        notes=notes,
    )
