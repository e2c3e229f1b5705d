"""The index of the last matching of everybody, in a folder beside the book: what new records are compared with."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from knotwork_graph.facts import disk_errors
from knotwork_graph.proposals import MatchBook
from knotwork_resolvers.identity.resolution import Ints
from knotwork_resolvers.match.index import MatchIndex
from knotwork_resolvers.match.keys import whole
from knotwork_resolvers.match.model import Model
from knotwork_resolvers.match.postings import Posting, posting
from knotwork_resolvers.match.records import Strings
from knotwork_resolvers.match.shelf import POSTING, open_index, texts_in, write_index
from knotwork_resolvers.matching.recent import Since

MADE = "made.json"
"""How far the index looked; what makes a folder an index is written last."""


@dataclass(frozen=True, slots=True)
class Shelved:
    """An index, the key of each of its records, which rows have which key, and how far it has ``made`` looked."""

    index: MatchIndex
    keys: Strings
    places: Posting
    made: Since

    def rows(self, keys: Iterable[str]) -> Ints:
        """The rows of records that one of ``keys`` stands for, ascending; a look-up each."""
        likely = ((key, row) for key in keys for rows in self.places.of(key) for row in rows.tolist())
        return np.unique(np.array([row for key, row in likely if self.keys[row].as_py() == key], np.int64))


def shelve(book: MatchBook, index: MatchIndex, keys: Strings, made: Since) -> None:
    """Nothing comes back; the folder holds ``index`` and the key of each of its records, and nothing of an earlier one.

    Where somebody stops it halfway there is none. O(n log n). Raises ``DiskFullError``.
    """
    folder = book.shelf
    clear(book)
    texts = keys.to_pylist()
    places = posting("", whole, np.arange(len(texts), dtype=np.int32)[:, None], texts)
    more = {f"at.{name}": getattr(places, name) for name in POSTING}
    with disk_errors(folder.parent):
        folder.mkdir(mode=0o700, parents=True)
        write_index(folder, index, {**more, "of": keys})
        _say(folder, made)


def joined(book: MatchBook, run: int) -> None:
    """Nothing comes back; what ``run`` changed, which let the last matching's own pairs link, is known to it.

    The records of an index are as if no pair were joined, so one that the last matching made is as it was.
    """
    kept, made = book.model(), _made(book.shelf)
    if kept is None:
        return
    book.looked(run)
    if made is not None and made.run == kept.run:
        _say(book.shelf, Since(run, made.event))


def _say(folder: Path, made: Since) -> None:
    beside = folder / f"{MADE}.new"
    beside.write_text(json.dumps(asdict(made)), encoding="utf-8")
    beside.replace(folder / MADE)


def _made(folder: Path) -> Since | None:
    try:
        return Since(**json.loads((folder / MADE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):  # as if there were no index: it is made again
        return None


def clear(book: MatchBook) -> None:
    """Nothing comes back, and no index is there."""
    shutil.rmtree(book.shelf, ignore_errors=True)


def kept_model(book: MatchBook) -> Model | None:
    """The last matching's model; None where there is none that this version reads."""
    kept = book.model()
    try:
        return None if kept is None else Model.from_json(kept.model)
    except ValueError:  # an earlier version's: everybody is matched anew
        return None


def shelved(book: MatchBook, model: Model) -> Shelved | None:
    """The index that is there, if it was made with ``model``; some milliseconds."""
    made = _made(book.shelf)
    try:
        index, arrays = open_index(book.shelf)
    except (OSError, ValueError, KeyError):  # whatever is wrong with it, everybody is matched anew
        return None
    if made is None or index.model != model:
        return None
    places = Posting("", whole, *(arrays[f"at.{name}"] for name in POSTING))
    return Shelved(index, texts_in(arrays, "of"), places, made)
