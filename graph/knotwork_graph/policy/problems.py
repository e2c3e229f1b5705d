"""What is wrong with a policy, all of it in one error."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from knotwork_graph.errors import PolicyError


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: ``key`` is dotted, or the name of an environment variable; ``remedy`` ends the line."""

    key: str
    remedy: str


def dotted(*names: str) -> str:
    """The key that the names make, quoted as TOML wants it.

    >>> dotted("identifiers", "till no.", "ttl")
    'identifiers."till no.".ttl'
    """
    return ".".join(name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else f'"{name}"' for name in names if name)


def policy_error(file: str, problems: Sequence[Problem]) -> PolicyError:
    """The one error that names the file and every problem, a line for each when there are several."""
    if len(problems) == 1:
        return PolicyError(problems[0].remedy, file=file, key=problems[0].key)
    lines = "".join(f"\n  {problem.key}: {problem.remedy}" for problem in problems)
    return PolicyError(f"{len(problems)} things need mending{lines}", file=file)
