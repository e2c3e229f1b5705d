from __future__ import annotations

import math

import pytest

from knotwork_visualise.layout import layout

BOX = (20.0, 16.0)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 50])
def test_every_node_has_a_finite_place(count: int) -> None:
    places = layout(count, [], [BOX] * count)
    assert len(places) == count
    assert all(math.isfinite(x) and math.isfinite(y) for x, y in places)


def test_boxes_of_a_small_cluster_do_not_overlap() -> None:
    count = 30
    links = [(number // 4, number) for number in range(1, count)]
    places = layout(count, links, [BOX] * count)
    for number, (x, y) in enumerate(places):
        for other_x, other_y in places[:number]:
            assert abs(x - other_x) >= 2 * BOX[0] or abs(y - other_y) >= 2 * BOX[1]


def test_picture_lies_rather_than_stands() -> None:
    places = layout(12, [(number, number + 1) for number in range(11)], [BOX] * 12)
    width = max(x for x, _ in places) - min(x for x, _ in places)
    height = max(y for _, y in places) - min(y for _, y in places)
    assert width > height


def test_neighbours_stand_nearer_than_strangers() -> None:
    links = [(number, number + 1) for number in range(9)]
    places = layout(10, links, [(4.0, 4.0)] * 10)
    assert math.dist(places[0], places[1]) < math.dist(places[0], places[9])


def test_parts_without_a_link_stay_in_sight() -> None:
    places = layout(6, [(0, 1), (2, 3), (4, 5)], [BOX] * 6)
    assert max(math.dist(place, (0, 0)) for place in places) < 600
