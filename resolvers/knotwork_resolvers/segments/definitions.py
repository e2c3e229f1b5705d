"""The segments of a workspace: those that its policy file names, and those that have a file of their own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from knotwork_graph.errors import PolicyError, UsageError
from knotwork_graph.facts import disk_errors
from knotwork_graph.policy import suggestion
from knotwork_graph.policy.problems import Problem, dotted, policy_error
from knotwork_graph.policy.reading import parsed, read_file
from knotwork_resolvers.segments.reading import read_segment, segment_of
from knotwork_resolvers.segments.rules import Segment
from knotwork_resolvers.segments.writing import toml_of, tree_of

SECTION = "segments"
SUFFIX = ".toml"
DEEPEST = 50
"""So many segments may name one another in a row."""


@dataclass(frozen=True, slots=True)
class Definitions:
    """Segments, each after those that it names, and the file that each stands in."""

    segments: tuple[Segment, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Segment:
        for segment in self.segments:
            if segment.name == name:
                return segment
        raise UsageError(f"there is no segment {name}; {self.nearest(name)}")

    def nearest(self, name: str) -> str:
        """The end of a sentence for a segment that there is none of."""
        known = sorted(segment.name for segment in self.segments)
        return suggestion(name, known) if known else "none is defined yet: docs/segments.md shows how"

    @property
    def fingerprint(self) -> str:
        """A short name of all that the segments say; equal rules have equal names."""
        said = {segment.name: tree_of(segment) for segment in self.segments}
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]

    def with_one(self, segment: Segment, file: str = "segment") -> Definitions:
        """The same with one more, or another of the same name. Raises ``PolicyError`` for a circle."""
        others = {one.name: one for one in self.segments} | {segment.name: segment}
        return _ordered(others, {**self.files, segment.name: file})


def read_definitions(policy: Path, tables: Mapping[str, object], folder: Path) -> Definitions:
    """The segments of the policy file (its ``tables``) and of ``folder``, where each file is named after its segment.

    Everything that is wrong is a ``PolicyError`` that names file and key; so is a name that stands in both, or
    segments that name one another in a circle.
    """
    found: dict[str, Segment] = {}
    files: dict[str, str] = {}
    for name, segment, file in (*_in_policy(policy, tables), *_in_folder(folder)):
        if name in found:
            raise PolicyError(f"{files[name]} has this segment already; keep one of them", file=file, key=name)
        found[name], files[name] = segment, file
    return _ordered(found, files)


def file_of(folder: Path, name: str) -> Path:
    """Where a segment of its own stands."""
    return folder / f"{name}{SUFFIX}"


def write_definition(folder: Path, segment: Segment) -> Path:
    """Write a segment into a file of its own, in one step; the path of it."""
    path = file_of(folder, segment.name)
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".tmp")
        temporary.write_text(toml_of(segment), encoding="utf-8")
        temporary.replace(path)
    return path


def _in_policy(policy: Path, tables: Mapping[str, object]) -> Iterator[tuple[str, Segment, str]]:
    problems: list[Problem] = []
    read = {name: read_segment(name, tree, problems, place=dotted(SECTION, name)) for name, tree in tables.items()}
    if problems:
        raise policy_error(str(policy), problems)
    yield from ((name, segment, str(policy)) for name, segment in read.items() if segment is not None)


def _in_folder(folder: Path) -> Iterator[tuple[str, Segment, str]]:
    for path in sorted(folder.glob(f"*{SUFFIX}")) if folder.exists() else ():
        tree = parsed(read_file(path), str(path))
        yield path.stem, segment_of(path.stem, tree, file=str(path)), str(path)


def _ordered(segments: Mapping[str, Segment], files: Mapping[str, str]) -> Definitions:
    """The segments, each after those that it names, else by name."""
    done: dict[str, Segment] = {}
    for name in sorted(segments):
        _take(name, segments, done, files, ())
    return Definitions(tuple(done.values()), files)


def _take(
    name: str, segments: Mapping[str, Segment], done: dict[str, Segment], files: Mapping[str, str], way: tuple[str, ...]
) -> None:
    if name in way:
        circle = " -> ".join((*way[way.index(name) :], name))
        raise PolicyError(
            f"these segments name one another in a circle: {circle}; take one of them out of another's rule",
            file=files[way[-1]],
            key=dotted(SECTION, way[-1]),
        )
    if len(way) >= DEEPEST:
        raise PolicyError(
            f"segments name one another more than {DEEPEST} deep here; write a rule that asks for more at once",
            file=files[way[-1]],
            key=dotted(SECTION, way[-1]),
        )
    if name in segments and name not in done:
        for needed in segments[name].needs:
            _take(needed, segments, done, files, (*way, name))
        done[name] = segments[name]
