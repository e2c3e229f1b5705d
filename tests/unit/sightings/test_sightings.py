"""Sightings by segment and by single event: replaced where an attempt failed, and known to be behind where they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from knotwork_graph.facts import FactLog, Segment
from knotwork_graph.sightings import SightingFiles
from tests.unit.facts.told import events, rows


@pytest.fixture
def files(tmp_path: Path) -> Iterator[SightingFiles]:
    made = SightingFiles(tmp_path / "sightings")
    yield made
    made.close()


def pairs(found: tuple[Any, Any]) -> list[tuple[int, int]]:
    return list(zip(*(column.tolist() for column in found), strict=True))


def add(files: SightingFiles, said: dict[int, list[int]], *, after: int, upto: int) -> None:
    """Events with the identifiers that each bears."""
    flat = [(event, identifier) for event, held in said.items() for identifier in held]
    files.add([event for event, _ in flat], [identifier for _, identifier in flat], after=after, upto=upto)


def segments_of(tmp_path: Path) -> tuple[Segment, ...]:
    """A segment of two events that was appended, and one that was packed from three."""
    log = FactLog(tmp_path / "facts")
    log.append(events("a", "b"))
    log.collect(rows("c", "d", "e"))
    log.pack()
    log.close()
    return log.segments()


def test_nothing_is_read_from_nothing_and_no_file_is_made(files: SightingFiles) -> None:
    assert (pairs(files.read([])), pairs(files.recent(0, 9))) == ([], [])
    assert (files.holds(0, 0), files.holds(0, 1)) == (True, False)
    files.clear()
    assert not files.folder.exists()


def test_single_events_are_found_in_their_order(files: SightingFiles) -> None:
    add(files, {3: [7, 8], 5: [7]}, after=2, upto=5)
    add(files, {6: [9, 7]}, after=5, upto=6)
    assert pairs(files.recent(0, 5)) == [(3, 7), (3, 8), (5, 7)]
    assert pairs(files.recent(3, 6)) == [(5, 7), (6, 7), (6, 9)]
    assert files.recent(0, 6)[0].dtype == np.int64


def test_an_identifier_that_an_event_bears_twice_is_kept_once(files: SightingFiles) -> None:
    add(files, {1: [7, 7]}, after=0, upto=1)
    assert pairs(files.recent(0, 1)) == [(1, 7)]


def test_what_a_failed_attempt_left_is_replaced(files: SightingFiles) -> None:
    add(files, {1: [7]}, after=0, upto=1)
    add(files, {2: [8], 3: [8], 4: [8]}, after=1, upto=4)
    assert pairs(files.recent(0, 1)) == [(1, 7)], "the graph holds events up to 1 alone"
    add(files, {2: [9], 3: [9]}, after=1, upto=3)
    assert pairs(files.recent(0, 9)) == [(1, 7), (2, 9), (3, 9)]
    assert (files.holds(0, 3), files.holds(0, 4)) == (True, False)


def test_an_event_without_a_usable_identifier_is_spoken_for(files: SightingFiles) -> None:
    add(files, {}, after=0, upto=4)
    assert (files.holds(0, 4), files.holds(3, 4), files.holds(0, 5)) == (True, True, False)


def test_a_hole_is_never_spoken_for_and_costs_nothing_beside_it(files: SightingFiles) -> None:
    add(files, {3: [7]}, after=2, upto=4)
    add(files, {8: [8]}, after=7, upto=8)
    add(files, {9: [7]}, after=8, upto=9)
    spoken = [(after, upto) for after in range(10) for upto in range(after + 1, 11) if files.holds(after, upto)]
    assert spoken == [(2, 3), (2, 4), (3, 4), (7, 8), (7, 9), (8, 9)]
    assert pairs(files.recent(0, 9)) == [(3, 7), (8, 8), (9, 7)]


def test_what_is_added_again_from_before_takes_back_what_was_beyond(files: SightingFiles) -> None:
    add(files, {3: [7]}, after=2, upto=4)
    add(files, {8: [8]}, after=7, upto=8)
    add(files, {2: [9]}, after=1, upto=2)
    assert (files.holds(1, 2), files.holds(2, 3), files.holds(7, 8)) == (True, False, False)
    assert pairs(files.recent(0, 9)) == [(2, 9)]


def test_a_graph_that_is_projected_anew_keeps_nothing(files: SightingFiles) -> None:
    add(files, {1: [7]}, after=0, upto=1)
    files.clear()
    assert (pairs(files.recent(0, 9)), files.holds(0, 1)) == ([], False)


def test_a_packed_segment_is_read_with_and_without_a_file_of_its_own(files: SightingFiles, tmp_path: Path) -> None:
    appended, packed = segments_of(tmp_path)
    files.write([appended], np.array([1, 1, 2]), np.array([5, 6, 5]))
    add(files, {3: [5], 5: [5, 9]}, after=2, upto=5)
    expected = [(1, 5), (1, 6), (2, 5), (3, 5), (5, 5), (5, 9)]
    assert (files.path(packed).exists(), pairs(files.read([appended, packed]))) == (False, expected)
    files.pack([appended, packed])
    assert (files.path(packed).exists(), pairs(files.read([appended, packed]))) == (True, expected)


def test_what_lies_with_its_segment_is_kept_no_longer_one_by_one(files: SightingFiles, tmp_path: Path) -> None:
    appended, packed = segments_of(tmp_path)
    files.write([appended], np.array([1]), np.array([5]))
    add(files, {3: [5], 6: [7]}, after=2, upto=6)
    files.pack([appended, packed])
    files.pack([appended, packed])
    assert pairs(files.recent(0, 9)) == [(6, 7)]
    assert (files.holds(2, 6), files.holds(5, 6)) == (False, True)
    add(files, {7: [7]}, after=6, upto=7)
    assert files.holds(5, 7)


def test_a_packed_segment_that_is_known_in_part_stays_as_it_is(files: SightingFiles, tmp_path: Path) -> None:
    appended, packed = segments_of(tmp_path)
    files.write([appended], np.array([1]), np.array([5]))
    add(files, {3: [5]}, after=2, upto=4)
    files.pack([appended, packed])
    assert (files.path(packed).exists(), pairs(files.recent(0, 9))) == (False, [(3, 5)])


def test_another_process_reads_what_was_added(files: SightingFiles) -> None:
    add(files, {1: [7]}, after=0, upto=1)
    other = SightingFiles(files.folder)
    assert pairs(other.recent(0, 1)) == [(1, 7)]
    other.close()
