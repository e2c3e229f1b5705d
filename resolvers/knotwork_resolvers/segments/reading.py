"""From TOML or JSON to the values of a rule; everything that is wrong is one error that names each key."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from knotwork_graph.policy.problems import Problem, dotted, policy_error
from knotwork_resolvers.segments.conditions import read_leaf, subject_of
from knotwork_resolvers.segments.content import Content
from knotwork_resolvers.segments.operands import read_flag, read_text
from knotwork_resolvers.segments.rules import Condition, Group, Segment

GROUPS = ("all", "any", "none")
DEEPEST = 12
MOST_CONDITIONS = 500
NAMES = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
"""Names stand in commands, addresses and names of files."""
NO_NAME = "a segment's name has up to 64 letters (a to z), digits, _ and -; give words for people in its title"


def segment_of(name: str, tree: object, *, file: str = "segment", place: str = "") -> Segment:
    """The segment that a table says. Raises ``PolicyError`` naming ``file``, every key, and what to write instead."""
    problems: list[Problem] = []
    found = read_segment(name, tree, problems, place=place)
    if problems or found is None:
        raise policy_error(file, problems)
    return found


def read_segment(name: str, tree: object, problems: list[Problem], *, place: str = "") -> Segment | None:
    """The segment that a table says, None where it is none at all; what is wrong with it goes to ``problems``."""
    if not NAMES.fullmatch(name):
        problems.append(Problem(place or dotted(name), NO_NAME))
    if not isinstance(tree, Mapping):
        problems.append(Problem(place, f"a segment is a section; write [{place or dotted('segments', name)}]"))
        return None
    content = Content(tree, place, problems)
    title = content.take("title", read_text, "")
    purpose = content.take("purpose", read_text, "")
    without = content.take("without_consent", read_flag, unsaid=False)
    rule = _Tree(problems).group(content)
    content.finish()
    if without and not purpose:
        content.wrong("without_consent", "there is no purpose whose consent could be left out; name it, or remove this")
    return Segment(name, rule, title, purpose, without)


class _Tree:
    """Reads one tree, and counts what it has read."""

    def __init__(self, problems: list[Problem]) -> None:
        self._problems = problems
        self._left = MOST_CONDITIONS

    def group(self, content: Content, depth: int = 1) -> Group:
        """The group that a table is; it must hold a condition."""
        if depth > DEEPEST:
            content.wrong("", f"groups lie in one another more than {DEEPEST} deep; write them flatter")
            return Group()
        parts = {key: self._parts(content, key, depth) for key in GROUPS}
        if not any(key in content.tree for key in GROUPS):
            content.wrong("", 'nothing is asked here; write all = [...], such as all = [{ identifier = "email" }]')
        return Group(**parts)

    def _parts(self, content: Content, key: str, depth: int) -> tuple[Condition, ...]:
        none: tuple[Condition, ...] = ()
        return content.take(key, self._list(content.key(key), depth), none)

    def _list(self, place: str, depth: int) -> Callable[[object], tuple[Condition, ...]]:
        def read(value: object) -> tuple[Condition, ...]:
            if not isinstance(value, list | tuple):
                raise ValueError('this must be a list of conditions; write [{ identifier = "email" }]')
            if not value:
                raise ValueError("this list is empty, which says nothing; write a condition into it, or remove it")
            found = [self._condition(one, f"{place}[{number}]", depth) for number, one in enumerate(value, 1)]
            return tuple(one for one in found if one is not None)

        return read

    def _condition(self, value: object, place: str, depth: int) -> Condition | None:
        self._left -= 1
        if self._left == 0:
            self._problems.append(Problem(place, f"a segment has at most {MOST_CONDITIONS} conditions; make two of it"))
        if self._left <= 0:
            return None
        if not isinstance(value, Mapping):
            self._problems.append(Problem(place, 'a condition is a table; write { identifier = "email" }'))
            return None
        content = Content(value, place, self._problems)
        if any(key in value for key in GROUPS):
            found: Condition | None = self.group(content, depth + 1)
            content.finish()
            return found
        subject = subject_of(content)
        return None if subject is None else read_leaf(subject, content)
