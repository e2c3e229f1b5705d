"""An index in a file, read where it lies, so that opening costs milliseconds: arrays one behind the other.

Beside it stands, as JSON, what the arrays do not say of themselves: names, types, shapes and places in the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pyarrow as pa

from knotwork_resolvers.match.index import Known, MatchIndex
from knotwork_resolvers.match.model import Model
from knotwork_resolvers.match.postings import Posting, makers
from knotwork_resolvers.match.records import Strings

SAID, ARRAYS = "index.json", "index.bin"
FORM = 1
"""Of the folder; one of another form is no index."""
ALIGNED = 64
COLUMN, POSTING = ("codes", "share", "made"), ("keys", "starts", "rows")
Arrays = Mapping[str, Any]


def write_index(folder: Path, index: MatchIndex, more: Arrays) -> None:
    """Nothing comes back; ``folder``, which is there and empty, holds the index, and ``more`` arrays or texts."""
    places: dict[str, Any] = {}
    with (folder / ARRAYS).open("wb") as file:
        for name, array in [*arrays_of(index), *flat(more)]:
            file.write(b"\0" * (-file.tell() % ALIGNED))
            places[name] = [file.tell(), str(array.dtype), list(array.shape)]
            np.ascontiguousarray(array).tofile(file)
    known = [column_said(one) for one in index.columns.values()]
    whole = {"form": FORM, "model": index.model.to_json(), "roles": dict(index.roles), "columns": known}
    text = json.dumps({**whole, "places": places}, ensure_ascii=False)
    (folder / SAID).write_text(text, encoding="utf-8")


def arrays_of(index: MatchIndex) -> Iterator[tuple[str, Any]]:
    """Every array of an index under a name of its own."""
    yield "id", index.id
    for place, known in enumerate(index.columns.values()):
        arrays = {name: getattr(known, name) for name in (*COLUMN, "texts", "marks")}
        yield from ((f"{place}.{name}", array) for name, array in flat({**arrays, **known.numbers}))
    for place, each in enumerate(index.postings):
        yield from ((f"by.{place}.{name}", getattr(each, name)) for name in POSTING)


def flat(arrays: Arrays) -> Iterator[tuple[str, Any]]:
    """Arrays as they are, and texts as where each begins and their letters."""
    for name, array in arrays.items():
        if isinstance(array, np.ndarray):
            yield name, array
        else:
            whole = pa.concat_arrays([array.cast(pa.large_string()), pa.array([], pa.large_string())])
            _, starts, letters = whole.buffers()
            yield f"{name}.starts", np.frombuffer(starts, np.int64)[: len(whole) + 1]
            yield f"{name}.letters", np.frombuffer(letters or b"", np.uint8)


def column_said(one: Known) -> dict[str, Any]:
    """What the arrays of a column do not say."""
    numbers, usual = sorted(one.numbers), sorted(one.usual)
    return {"kind": one.kind, "role": one.role, "numbers": numbers, "usual": usual, "filled": one.filled}


def open_index(folder: Path) -> tuple[MatchIndex, Arrays]:
    """The index in ``folder``, and all of its arrays by name.

    Raises ``OSError``, ``ValueError`` or ``KeyError`` where there is none that this version reads.
    """
    held = json.loads((folder / SAID).read_text(encoding="utf-8"))
    if held["form"] != FORM:
        raise ValueError("an index of another version")
    arrays = mapped(folder / ARRAYS, held["places"])
    columns = {one["kind"]: known_in(arrays, place, one) for place, one in enumerate(held["columns"])}
    rules = [(one.kind, maker) for one in columns.values() for maker in makers(one.role)]
    postings = [
        Posting(kind, maker, *(arrays[f"by.{place}.{name}"] for name in POSTING))
        for place, (kind, maker) in enumerate(rules)
    ]
    known, roles = MappingProxyType(columns), MappingProxyType(held["roles"])
    index = MatchIndex(arrays["id"], known, tuple(postings), Model.from_json(held["model"]), roles)
    return index, arrays


def mapped(path: Path, places: Mapping[str, Any]) -> dict[str, Any]:
    """The arrays of a file, read where they are asked."""
    whole = np.memmap(path, np.uint8, "r")
    return {name: placed(whole, *each) for name, each in places.items()}


def placed(whole: Any, start: int, kind: str, shape: list[int]) -> Any:
    """One array of the file."""
    size = int(np.prod(shape)) * np.dtype(kind).itemsize
    return np.asarray(whole[start : start + size]).view(kind).reshape(shape)


def known_in(arrays: Arrays, place: int, said: Mapping[str, Any]) -> Known:
    """One column of an index."""
    return Known(
        kind=said["kind"],
        role=said["role"],
        **{name: arrays[f"{place}.{name}"] for name in COLUMN},
        **{name: texts_in(arrays, f"{place}.{name}") for name in ("texts", "marks")},
        numbers={name: arrays[f"{place}.{name}"] for name in said["numbers"]},
        usual=frozenset(said["usual"]),
        filled=said["filled"],
    )


def texts_in(arrays: Arrays, name: str) -> Strings:
    """The texts of a name, read where they are asked."""
    starts, letters = (pa.py_buffer(arrays[f"{name}.{part}"]) for part in ("starts", "letters"))
    return pa.LargeStringArray.from_buffers(len(arrays[f"{name}.starts"]) - 1, starts, letters)
