"""``why`` as text."""

from __future__ import annotations

from collections.abc import Iterator

from knotwork_graph.counted import counted
from knotwork_resolvers.explain.answers import Link, Path, Why
from knotwork_resolvers.explain.wording.lines import (
    block,
    closing,
    day,
    evidence,
    folded,
    named,
    owner,
    sample,
)


def why_text(found: Why) -> str:
    """What holds two identifiers together: the strongest path with its evidence, other paths, what would separate."""
    return block(_together(found) if found.together else _apart(found))


def _apart(found: Why) -> Iterator[str]:
    yield from folded(f"{named(found.a)} and {named(found.b)} are not one customer.")
    for side in (found.a, found.b):
        yield from folded(owner(side), "  ", "    ")
    yield from folded(f"What stands between them: knotwork why-not {found.a.asked} {found.b.asked}")
    yield from closing(found.left_out, found.notes)


def _together(found: Why) -> Iterator[str]:
    yield from folded(f"{named(found.a)} and {named(found.b)} are one customer, {found.a.customer}.")
    size = f"{counted(found.identifiers, 'identifier')}, {counted(found.links, 'link')} between them"
    yield from folded(f"{size}; run {found.run}, as of {day(found.moment)}, times in UTC", "  ")
    if found.paths:
        yield from _strongest(found.paths[0])
        yield from _others(found.paths[1:])
    else:
        yield from ("", "No path lies in what was read.")
    yield from _cuts(found)
    yield from closing(found.left_out, found.notes)


def _strongest(path: Path) -> Iterator[str]:
    yield ""
    yield f"Strongest path: {_measure(path)}"
    yield f"  {path.identifiers[0]}"
    for link, key in zip(path.links, path.identifiers[1:], strict=True):
        yield from _link(link)
        yield f"  {key}"


def _measure(path: Path) -> str:
    length = counted(len(path.links), "link")
    return length if path.weakest is None else f"{length}, weakest weight {path.weakest:.2f}"


def _link(link: Link) -> Iterator[str]:
    yield from folded(evidence(link), "    |  ")
    if link.bridge:
        yield "    |  a bridge: nothing else joins its two sides"
    for one in link.samples:
        yield from folded(sample(one), "    |    ", "    |      ")


def _others(paths: tuple[Path, ...]) -> Iterator[str]:
    if paths:
        yield from ("", "Other paths")
    for number, path in enumerate(paths, 2):
        between = ", ".join(path.identifiers[1:-1]) or "directly"
        yield from folded(
            f"{number}. by {between} ({_measure(path)})" if path.identifiers[1:-1] else between, "  ", "     "
        )


def _cuts(found: Why) -> Iterator[str]:
    if not found.paths or (found.left_out and not found.cut_links and not found.cut_identifiers):
        return
    yield ""
    if not found.cut_identifiers and not found.cut_links:
        yield "No single identifier or link holds them together: none alone separates them."
        return
    yield "Taken away alone, each of these separates them"
    for key in found.cut_identifiers:
        yield from folded(f"the identifier {key}", "  ", "    ")
    for a, b in found.cut_links:
        yield from folded(f"the link of {a} and {b}", "  ", "    ")
