"""What a load did: every row it met is accepted, a duplicate, or rejected with a reason."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class LoadReport:
    """The count of one load. ``received = accepted + duplicate + rejected`` always holds.

    ``dead_letters`` is the file of rejected rows (empty when there are none); ``reasons`` counts rejects by reason;
    ``notes`` are remarks for people, such as an identifier type that the policy does not name.
    """

    received: int
    accepted: int
    duplicate: int
    rejected: int
    dead_letters: str = ""
    reasons: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.received != self.accepted + self.duplicate + self.rejected:
            raise ValueError(f"the counts of a load do not add up: {self.line()}")

    def line(self) -> str:
        """The sentence that scripts look for.

        >>> LoadReport(3, 1, 1, 1).line()
        'received 3 = accepted 1 + duplicate 1 + rejected 1'
        """
        parts = f"accepted {self.accepted} + duplicate {self.duplicate} + rejected {self.rejected}"
        return f"received {self.received} = {parts}"
