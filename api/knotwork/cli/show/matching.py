"""Matching as text: what a run did, a pair's waterfall, the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knotwork.cli.terminal import say, table
from knotwork_graph.counted import counted

if TYPE_CHECKING:
    from knotwork.service.matching import MatchingReport, PairEvidence
    from knotwork_resolvers.matching.running import MatchRun


def show_run(found: MatchRun) -> None:
    """What one matching did, a figure a line."""
    looked = f"{counted(found.records, 'record')}, {counted(found.compared, 'pair')} compared"
    say(f"model {found.model}: {looked} in {found.seconds:.1f} s")
    say(f"  proposed           {found.proposals:,}   {found.likely:,} of them all but certain")
    say(f"  joined             {found.joined:,}")
    if found.adopted:
        say(f"  events without an identifier that are somebody's now   {found.adopted:,}")


def show_pair(found: PairEvidence) -> None:
    """The waterfall of a pair: prior, each comparison, the total, and what that means."""
    why = found.evidence
    say(f"{found.a} and {found.b}: {found.standing}")
    rows = [("any two records", "", f"{why.prior:+.2f}")]
    rows += [(one.trait, one.words, f"{one.weight:+.2f}") for one in why.steps]
    if why.household:
        rows.append(("household", "people who live together agree as much", f"{why.household:+.2f}"))
    rows.append(("total", f"one person with a probability of {why.score:.2%}", f"{why.total:+.2f}"))
    if why.apart:
        say("what is known of them holds them apart, so they are not joined, whatever they score")
    table(("what", "how", "weight"), rows, numbers=("weight",))


def show_report(found: MatchingReport) -> None:
    """The last matching: figures, thresholds, rules and weights."""
    learned = "weights learned from the records" if found.learned else "fixed weights, as there are few records"
    say(f"model {found.model} of {found.at:%Y-%m-%d %H:%M} UTC over run {found.run}: {learned}")
    say(f"  {counted(found.records, 'record')}, {counted(found.compared, 'pair')} compared")
    proposed = counted(found.proposals, "pair")
    say(f"  {proposed} proposed, {found.joined:,} joined, {found.held:,} of these held by a rule")
    say(f"  {counted(found.adopted, 'event')} without an identifier given to somebody")
    say("\nwhat a threshold would mean, as the model expects it")
    rows = [
        (f"{one.probability:g}", f"{one.pairs:,}", f"{one.precision:.1%}", f"{one.recall:.1%}")
        for one in found.thresholds
    ]
    names = ("threshold", "pairs to look at", "precision", "recall")
    table(names, rows, numbers=names)
    say("\nwhich rules proposed pairs")
    told = [
        (one.rule, f"{one.pairs:,}", f"{one.largest:,}", f"{one.cap:,}", f"{one.parted:,}", f"{one.cut:,}")
        for one in found.rules
    ]
    heads = ("rule", "pairs", "largest block", "cap", "blocks parted", "records cut")
    table(heads, told, numbers=heads[1:])
    say(f"\nwhat agreement weighs, in bits (any two records begin with {found.prior:+.2f})")
    for weight in found.weights:
        levels = ", ".join(f"{one['words']} {one['weight']:+.1f}" for one in weight["levels"])
        say(f"  {weight['trait']}: {levels}")
