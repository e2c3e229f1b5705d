"""Refused rows that mention what is erased go too."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from pathlib import Path

from knotwork_graph.facts import DeadLetter, disk_errors, read_dead_letters
from knotwork_graph.facts.dead_letters import rewrite_dead_letters


def drop_letters(folder: Path, written: Collection[str]) -> int:
    """Take the rows that mention one of the ``written`` values out of all dead letters; how many there were.

    A value is mentioned where it stands by itself, not as a part of a longer word or number.
    """
    if not written:
        return 0
    mention = re.compile(r"(?<!\w)(" + "|".join(re.escape(one) for one in sorted(written)) + r")(?!\w)")
    return sum(_dropped(path, mention) for path in sorted(folder.glob("*.jsonl*")))


def _dropped(path: Path, mention: re.Pattern[str]) -> int:
    with disk_errors(path.parent):
        letters = list(read_dead_letters(path))
        kept = [one for one in letters if not mention.search(_text(one))]
        if len(kept) < len(letters):
            rewrite_dead_letters(path, kept)
    return len(letters) - len(kept)


def _text(letter: DeadLetter) -> str:
    return letter.row if isinstance(letter.row, str) else json.dumps(letter.row, ensure_ascii=False)
