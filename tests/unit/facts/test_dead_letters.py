"""Dead letters are durable, private, and read back as they were written."""

from __future__ import annotations

import stat
from contextlib import suppress
from pathlib import Path

from knotwork_graph.facts import DeadLetter, DeadLetterFile, read_dead_letters

LETTERS = [
    DeadLetter("a.jsonl", 1, "nonsense", "không phải\u2028JSON"),
    DeadLetter("a.jsonl", 2, "no identifier", {"source": "web", "n": [1, None]}),
    DeadLetter("b.csv", 9, "row is not UTF-8 text", ["x", "\udcff"]),
]


def test_letters_come_back_as_they_were_written(tmp_path: Path) -> None:
    with DeadLetterFile(tmp_path / "dead_letters") as file:
        file.write(LETTERS[:1])
        file.write(LETTERS[1:])
    assert file.path is not None
    assert list(read_dead_letters(file.path)) == LETTERS


def test_only_their_owner_may_read_them(tmp_path: Path) -> None:
    with DeadLetterFile(tmp_path) as file:
        file.write(LETTERS)
    assert file.path is not None
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600


def test_without_letters_there_is_no_file(tmp_path: Path) -> None:
    with DeadLetterFile(tmp_path / "dead_letters") as file:
        file.write([])
    assert (file.path, (tmp_path / "dead_letters").exists()) == (None, False)


def test_each_load_has_a_file_of_its_own(tmp_path: Path) -> None:
    names = set()
    for _ in range(5):
        with DeadLetterFile(tmp_path) as file:
            file.write(LETTERS)
        names.add(file.path)
    assert len(names) == 5


def test_what_was_written_before_an_error_is_kept(tmp_path: Path) -> None:
    file = DeadLetterFile(tmp_path)
    with suppress(RuntimeError), file:
        file.write(LETTERS[:1])
        raise RuntimeError
    assert file.path is not None
    assert list(read_dead_letters(file.path)) == LETTERS[:1]
