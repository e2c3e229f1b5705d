"""What is sent to the server: texts that stay the same however much is written, so that each is planned once."""

from __future__ import annotations

from typing import Any

import pytest

from knotwork_graph.neo4j.work import MAP, ROWS, Work, Write

MADE = "UNWIND $rows AS row CREATE (:A {n: row, run: $run})"
TOLD = "UNWIND $rows AS row CREATE (:B {n: row, of: $names[0]})"


class Listening:
    """A runner that keeps what it is sent."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []

    def run(self, query: str, parameters: dict[str, Any]) -> Listening:
        self.sent.append((query, parameters))
        return self

    def consume(self) -> Listening:
        return self

    counters = property(lambda self: self)
    relationships_created = 0


def written(first: int, second: int) -> list[tuple[str, dict[str, Any]]]:
    """What is sent for so many rows of two writes."""
    runner = Listening()
    Work(runner).all([Write(MADE, list(range(first)), {"run": 3}), Write(TOLD, ["x"] * second, {"names": ["y"]})])
    return runner.sent


@pytest.mark.parametrize(("first", "second"), [(0, 1), (1, 0), (5, 200), (2_000, 1)])
def test_small_writes_are_one_text_however_many_rows_each_has(first, second):
    ((text, bound),) = written(first, second)
    assert text == written(1, 1)[0][0]
    assert bound == {"run": 3, MAP: {"rows0": list(range(first)), "rows1": ["x"] * second, "names": ["y"]}}


def test_nothing_to_write_sends_nothing():
    assert written(0, 0) == []


def test_much_is_written_in_batches_and_what_has_no_rows_not_at_all():
    assert [len(bound[MAP]["rows"]) for _, bound in written(ROWS + 1, 0)] == [ROWS, 1]
