"""The failure modes by name: what the truth says beside an event or an identifier."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa

from knotwork_seeds.dice import Ints
from knotwork_seeds.text import Text

# the identifier's own modes come first: of several, the truth of an identifier names the first
CAUSES = (
    "bot", "qa_constant", "call_centre_device", "kiosk", "company_mailbox", "family_email", "family_tablet",
    "recycled_phone", "couple_account", "private_window", "several_cards", "changed_email", "cookie_reset", "twins",
    "namesake", "moved_house", "wrong_clock", "late", "duplicate",
)  # fmt: skip


def bit(cause: str) -> int:
    """The bit that stands for the cause in a set of causes."""
    return 1 << CAUSES.index(cause)


def first_named(sets: Ints) -> Text:
    """The first cause of each set, empty where there is none."""
    return _named(sets, lambda members: members[0])


def all_named(sets: Ints) -> Text:
    """The causes of each set joined by `+`, empty where there is none."""
    return _named(sets, "+".join)


def _named(sets: Ints, shown: Callable[[list[str]], str]) -> Text:
    distinct, where = np.unique(sets, return_inverse=True)
    names = [[name for place, name in enumerate(CAUSES) if int(members) >> place & 1] for members in distinct]
    return pa.array([shown(members) if members else "" for members in names], pa.string()).take(pa.array(where))
