"""Journal and store hold the same records; where a crash or a new store left a gap, one is filled from the other."""

from __future__ import annotations

from dataclasses import replace

from knotwork_graph.errors import StoreError
from knotwork_graph.journal.journal import Journal
from knotwork_graph.model import Recorded
from knotwork_graph.ports import GraphStore


def copy_to_store(journal: Journal, store: GraphStore) -> None:
    """Give the store the records that it lacks. Costs one look at the file where nothing was ever decided."""
    if journal.path.exists():
        store.add_decisions(journal.read(after=store.decision_count()))


def level_at(journal: Journal, store: GraphStore) -> int:
    """How many records there are, which journal and store both hold when this returns; for the holder of the lock.

    Where they are level already, as they nearly always are, nothing but their last records is looked into. Raises
    ``StoreError`` as ``bring_level`` does.
    """
    written, kept = journal.count(), store.decision_count()
    if written == kept and (not kept or journal.last(kept) == _as_written(_last(store, kept))):
        return kept
    return len(bring_level(journal, store))


def bring_level(journal: Journal, store: GraphStore) -> tuple[Recorded, ...]:
    """All records, which journal and store both hold when this returns. For the holder of the lock; O(records).

    Raises ``StoreError`` where the last number that both know stands for two records.
    """
    kept, written = store.decisions(), journal.count()
    last = min(written, len(kept))
    if last and journal.read(after=last - 1)[0] != _as_written(kept[last - 1]):
        raise StoreError(
            f"decision {last} of {journal.path} is another one than the graph's. The two are not of one workspace: "
            "restore both from one backup."
        )
    journal.append([_as_written(one) for one in kept[written:]])
    if written > len(kept):
        store.add_decisions(journal.read(after=len(kept)))
        return store.decisions()
    return kept


def first_difference(journal: Journal, store: GraphStore) -> int:
    """The number of the first record that journal and store both have and tell differently; 0 where none is."""
    pairs = zip(journal.read(), store.decisions(), strict=False)
    return next((one.number for one, other in pairs if one != _as_written(other)), 0)


def _last(store: GraphStore, number: int) -> Recorded:
    found = store.decision(number)
    if found is None:
        raise StoreError(f"the graph holds {number} decisions, and none of this number. Restore it from a backup.")
    return found


def _as_written(record: Recorded) -> Recorded:
    """The record without what is only worked out."""
    return replace(record, undone_by=0) if record.undone_by else record
