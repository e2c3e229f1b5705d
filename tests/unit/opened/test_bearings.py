"""The file that leads from identifiers to the events that bear them."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knotwork_resolvers.opened.bearings import Bearings, bearings_in, write_bearings

borne = st.lists(st.tuples(st.integers(0, 5), st.lists(st.integers(1, 9), unique=True, max_size=3)), max_size=30)


def written(folder: Path, events: list[tuple[int, list[int]]]) -> Path:
    """A file of events, each a moment and the identifiers that it bears, with the file of its bearings."""
    moments, bears = [moment for moment, _ in events], [held or None for _, held in events]
    columns = {
        "customer": pa.array([1] * len(events), pa.int64()),
        "timestamp": pa.array(moments, pa.timestamp("us")),
        "bears": pa.array(bears, pa.list_(pa.int64())),
    }
    pq.write_table(pa.table(columns), folder / "events.parquet")
    write_bearings(folder / "bearing.npy", bearings_in(folder / "events.parquet"))
    return folder / "bearing.npy"


@settings(max_examples=30)
@given(borne, st.sets(st.integers(0, 10)))
def test_all_events_that_bear_an_identifier_are_found_by_moment_and_place(
    tmp_path_factory: pytest.TempPathFactory, events: list[tuple[int, list[int]]], asked: set[int]
) -> None:
    path = written(tmp_path_factory.mktemp("generation"), events)
    found = Bearings(path).of(np.array(sorted(asked), np.int64))
    expected = sorted(
        (one, moment, place) for place, (moment, held) in enumerate(events) for one in held if one in asked
    )
    assert list(zip(found.identifier.tolist(), found.moment.tolist(), found.event.tolist(), strict=True)) == expected
