"""Small graphs as arrays, written as pairs of keys."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from knotwork_graph.model import EdgeArrays, GraphArrays, IdentifierArrays
from knotwork_graph.policy import IdentifierRule, Policy
from knotwork_resolvers.identity import Circumstances

NOW = Circumstances(as_of=10)


def graph_of(*pairs: tuple[str, str]) -> GraphArrays:
    """The graph of these edges between ``type:value`` keys, each seen once at moment 1."""
    keys = sorted({key for pair in pairs for key in pair})
    names = sorted({key.partition(":")[0] for key in keys})
    ends = np.array([[keys.index(a), keys.index(b)] for a, b in pairs], np.int64).reshape(-1, 2)
    ones = np.ones(len(ends), np.int64)
    identifiers = IdentifierArrays(
        ids=np.arange(len(keys)),
        types=np.array([names.index(key.partition(":")[0]) for key in keys], np.int32),
        values=pa.array([key.partition(":")[2] for key in keys], pa.large_string()),
        usable=np.ones(len(keys), np.bool_),
        type_names=tuple(names),
    )
    return GraphArrays(identifiers, EdgeArrays(ends[:, 0], ends[:, 1], ones, ones * 0, ones, ones))


def policy_of(**limits: int | None) -> Policy:
    """A policy with a limit per customer for each named type, and nothing else."""
    return Policy(identifiers={name: IdentifierRule(name, max_per_customer=most) for name, most in limits.items()})


def shared_by(key: str, people: int, *, start: int = 0) -> list[tuple[str, str]]:
    """A value that was seen with the accounts of so many people."""
    return [(key, f"user_id:u{number:04}") for number in range(start, start + people)]


def couples(kind: str, people: int) -> list[tuple[str, str]]:
    """So many people with an account and one value of ``kind`` each, numbered as ``shared_by`` does."""
    return [(f"{kind}:{kind}-{number:04}", f"user_id:u{number:04}") for number in range(people)]


def till(kind: str, people: int) -> list[tuple[str, str]]:
    """A machine on which so many people showed their value of ``kind``, each of whom also has an account."""
    own = [(f"{kind}:{kind}-{number:04}", f"user_id:u{number:04}") for number in range(people)]
    return [*own, *(("device:till", f"{kind}:{kind}-{number:04}") for number in range(people))]
