"""What an evaluation comes back with: figures only, no value of any identifier."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Score:
    """Precision, recall and their harmonic mean, each from 0 to 1; a share of nothing is 1."""

    precision: float
    recall: float
    f1: float

    @classmethod
    def of(cls, precision: float, recall: float) -> Score:
        """The score with its F1.

        >>> Score.of(1.0, 0.5)
        Score(precision=1.0, recall=0.5, f1=0.6666666666666666)
        """
        both = precision + recall
        return cls(precision, recall, 2 * precision * recall / both if both else 0.0)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of judged identifiers: ``true`` of one person, ``made`` of one customer, ``right`` of both."""

    true: int
    made: int
    right: int


@dataclass(frozen=True, slots=True)
class Reach:
    """What exact identifiers can reach at most, and how much of it was reached.

    Plain linking restricted to true pairs takes every edge of the graph whose both ends are of the same one person,
    and nothing else: no limits, no guards, no expiry. ``ceiling`` is the pairwise recall of its components.
    ``reachable_recall`` is the customers' pairwise recall divided by ``ceiling``; it can exceed 1, because customers
    may also link two identifiers of a person through a third that several people use. ``kept`` is the share of the
    pairs within the ceiling's components that are of one customer, and never exceeds 1.
    """

    ceiling: float
    reachable_recall: float
    kept: float


@dataclass(frozen=True, slots=True)
class Coverage:
    """How truth and workspace overlap, in identifiers.

    ``in_truth`` = ``judged`` + ``not_seen`` + ``of_several`` + ``of_nobody``. ``of_several``: seen, and named with more
    than one person; ``of_several_held`` of them belong to a customer all the same. ``of_nobody``: seen, and named
    without a person. ``not_in_truth``: held by a customer, and not named at all.
    """

    in_truth: int
    judged: int
    not_seen: int
    of_several: int
    of_several_held: int
    of_nobody: int
    not_in_truth: int


@dataclass(frozen=True, slots=True)
class CauseFigures:
    """What went wrong where the truth says ``cause`` (empty: where it says none).

    ``identifiers``: seen identifiers with this label. ``over_customers`` and ``over_pairs``: customers of several
    people that hold such an identifier, and the wrong pairs in them. ``under_people`` and ``under_pairs``: people with
    such an identifier in a piece outside their main customer, and the missed pairs between those pieces and the larger
    ones. What bears several causes counts under each.
    """

    cause: str
    identifiers: int
    over_customers: int
    over_pairs: int
    under_people: int
    under_pairs: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The agreement of run ``run`` with a truth.

    ``people`` and ``customers`` count those with a judged identifier; an identifier that belongs to nobody is a
    customer of its own here. ``largest_customer`` and ``largest_person`` are sizes in identifiers, judged or not.
    ``causes`` is empty where the truth has no labels.
    """

    run: int
    people: int
    customers: int
    pairwise: Score
    bcubed: Score
    pairs: Pairs
    reach: Reach
    largest_customer: int
    largest_person: int
    coverage: Coverage
    causes: tuple[CauseFigures, ...]
