"""``simulate`` as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from knotwork_graph.counted import counted
from knotwork_resolvers.explain.simulation import Effect, EffectKind, Named, Simulation
from knotwork_resolvers.explain.wording.lines import block, closing, folded, minute

COMPARED = ("customers", "largest", "severed", "shared", "unusable")
NAMES = {
    "largest": "identifiers of the largest customer",
    "severed": "severed links",
    "shared": "shared identifiers",
    "unusable": "blocked or invalid identifiers",
}
VERBS = {
    EffectKind.MERGED: "would become one",
    EffectKind.SPLIT: "would fall apart",
    EffectKind.BOTH: "would be dealt out anew",
    EffectKind.ADJUSTED: "would hold other identifiers",
    EffectKind.RENAMED: "would get another id",
    EffectKind.DISSOLVED: "would be no customer any more",
    EffectKind.APPEARED: "would come to be, of identifiers that are nobody's today",
}


def simulation_text(found: Simulation) -> str:
    """What another policy would make of the same data: the counts side by side, then the largest effects by name."""
    return block(_lines(found))


def _lines(found: Simulation) -> Iterator[str]:
    yield f"The same data under the other policy, as of {minute(found.moment)} UTC."
    yield "Nothing was written."
    yield from ("", f"{'now':>14} {'then':>12}")
    for name in COMPARED:
        yield f"  {found.before.get(name, 0):>12,} {found.after.get(name, 0):>12,} {NAMES.get(name, name)}"
    yield from ("", "Of the customers there are now")
    for figure, words in _fates(found):
        yield f"  {figure:>12,} {words}"
    yield from ("", "Identifiers that change hands")
    for figure, words in _hands(found):
        yield f"  {figure:>12,} {words}"
    yield from ("", "Customer ids")
    yield f"  {found.ids_retired:>12,} would be retired ({found.churn:.2%} of them)"
    yield f"  {found.ids_new:>12,} would be new"
    yield from _effects(found)
    yield from closing(
        (),
        (
            *(("the facts were read anew, for this policy reads them differently",) if found.reread else ()),
            *found.notes,
        ),
    )


def _fates(found: Simulation) -> tuple[tuple[int, str], ...]:
    return (
        (found.unchanged, "unchanged"),
        (found.merged, "merged with others"),
        (found.split, "split"),
        (found.both, "both: split, and parts merged with others"),
        (found.adjusted, "the same, but for identifiers that were or would be nobody's"),
        (found.dissolved, "gone: all their identifiers would be nobody's"),
    )


def _hands(found: Simulation) -> tuple[tuple[int, str], ...]:
    return (
        (found.moved, "from one customer to another"),
        (found.released, "would be nobody's"),
        (found.taken, "were nobody's"),
    )


def _effects(found: Simulation) -> Iterator[str]:
    yield ""
    if not found.effects:
        yield "No customer would be another."
        return
    shown = f", of {found.all_effects:,}" if found.all_effects > len(found.effects) else ""
    yield f"Largest effects ({counted(len(found.effects), 'effect')}{shown})"
    for number, effect in enumerate(found.effects, 1):
        yield from _effect(number, effect)


def _effect(number: int, one: Effect) -> Iterator[str]:
    start, rest = f"{number:>3}. ", " " * 7
    count = one.customers_before or one.customers_after
    who = counted(count, "customer")
    yield from folded(f"{who} {VERBS[one.kind]}; {counted(one.identifiers, 'identifier')} change hands", start, "     ")
    yield from _customers("now ", one.before, one.customers_before, rest)
    yield from _customers("then", one.after, one.customers_after, rest)
    yield from folded(f"such as {', '.join(one.examples)}", rest, rest + "  ")


def _customers(label: str, named: Sequence[Named], count: int, rest: str) -> Iterator[str]:
    for place, one in enumerate(named):
        who = f"{'new ' if one.new else ''}{one.id}  {one.key} ({one.identifiers:,})"
        yield f"{rest}{'    ' if place else label}  {who}"
    if count > len(named):
        yield f"{rest}      and {count - len(named):,} more"
    if not named:
        yield f"{rest}{label}  nobody's"
