"""Whatever the lines are, and however they are cut into files and blocks, the counts add up and the log is the same."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knotwork_graph.facts import BODY, FactLog, read_dead_letters, scan
from knotwork_graph.model import LoadReport
from knotwork_resolvers.loading import load
from knotwork_resolvers.loading.inputs import UTF16_MARKS
from tests.unit.loading.made_events import an_event, as_bytes

FEW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])

# the body follows from the id, so that no two events of this kind contradict each other
consistent = st.integers(0, 12).map(lambda number: an_event(number, event=f"e{number % 3}", traits={"n": number}))
rewritten = consistent.map(
    lambda event: json.dumps(dict(reversed(event.items())), indent=None, separators=(" ,", ":  "))
)
contradicting = st.tuples(st.integers(0, 12), st.integers()).map(
    lambda pair: an_event(pair[0], properties={"x": pair[1]})
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
distorted = st.tuples(st.sampled_from([*an_event(), "vouched", "traits", "channel", "x"]), json_values).map(
    lambda change: an_event() | {change[0]: change[1]}
)
# a file that begins as UTF-16 does is refused as a whole, which no line could know of
noise = (
    st.binary(max_size=40).filter(lambda line: line[:2] not in UTF16_MARKS)
    | st.text(max_size=40)
    | json_values.map(json.dumps)
)
anything = st.lists(consistent | rewritten | contradicting | distorted | noise, max_size=40)


def one_line(line: object) -> bytes:
    """The line without what would make it several, or what would make a file that begins with it a compressed one."""
    return as_bytes(line).replace(b"\n", b" ").replace(b"\x1f\x8b", b"").removeprefix(b"\xef\xbb\xbf")


def loaded(files: list[list[bytes]], block_bytes: int) -> tuple[LoadReport, list[Any], int]:
    """The report, the events (source, message id and body, sorted), and the number of dead letters of one load."""
    with TemporaryDirectory() as folder:
        log = FactLog(Path(folder, "data", "facts"))
        paths = [Path(folder, f"{number:03}.jsonl") for number in range(len(files))]
        for path, lines in zip(paths, files, strict=True):
            path.write_bytes(b"\n".join(lines))
        report = load(paths, log, block_bytes=block_bytes) if paths else LoadReport(0, 0, 0, 0)
        letters = list(read_dead_letters(Path(report.dead_letters))) if report.dead_letters else []
        segments = [segment.path for segment in log.segments()]
        columns = ", ".join(("source", "message_id", *BODY))
        rows = duckdb.sql(f"SELECT {columns} FROM {scan(segments)}").fetchall()
    return report, sorted(rows, key=repr), len(letters)


@FEW
@given(anything, st.integers(1, 2_000))
def test_the_counts_add_up_whatever_the_lines(lines: list[object], block_bytes: int) -> None:
    texts = [one_line(line) for line in lines]
    report, rows, letters = loaded([texts], block_bytes)
    # JSON's blanks, not Python's: a line of other blanks is a line
    assert report.received <= len(texts)
    assert report.received >= len([text for text in texts if text.decode("utf-8", "replace").strip()])
    assert (len(rows), letters) == (report.accepted, report.rejected)
    assert len({(source, message_id) for source, message_id, *_ in rows}) == len(rows)


@FEW
@given(st.lists(consistent | rewritten | noise, min_size=1, max_size=40), st.data())
def test_order_and_batching_do_not_matter(lines: list[object], data: st.DataObject) -> None:
    texts = [one_line(line) for line in lines]
    shuffled = data.draw(st.permutations(texts))
    cut = data.draw(st.integers(0, len(texts)))
    plain, rows, _ = loaded([texts], 1 << 20)
    other, others, _ = loaded([shuffled[:cut], shuffled[cut:]], data.draw(st.integers(1, 500)))
    assert rows == others
    assert (plain.received, plain.accepted, plain.rejected) == (other.received, other.accepted, other.rejected)


@FEW
@given(anything)
def test_a_second_load_accepts_nothing(lines: list[object]) -> None:
    texts = [one_line(line) for line in lines]
    once, rows, _ = loaded([texts], 1 << 20)
    twice, others, _ = loaded([texts, texts], 1 << 20)
    assert rows == others
    assert (twice.received, twice.accepted) == (2 * once.received, once.accepted)
