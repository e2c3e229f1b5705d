"""Attribution of made paths: Knotwork beside marketing-attribution-models 2, on the same paths, in one run.

    python benchmarks/attribution.py [--paths 88000] [--folder DIR]

Makes paths of one to eight touches of twelve channels, some gone many times, and, in the folder, an environment with
the other library of its own. Prints, for each model that both have, the largest difference between the two credits of
a channel as a share of all conversions, and the seconds that all of them took. Paths have no times, so time decay is
not among them. Of their Markov the removal effects are taken, shared out over all conversions as ours are: their own
sums share each path's conversion out among the channels of that path, which is another model.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random

from environments import environment

THEIRS = "marketing-attribution-models==2.1.1"
MODELS = ("first", "last", "linear", "position", "markov")
CHANNELS = (
    "search",
    "social",
    "email",
    "display",
    "video",
    "affiliate",
    "organic",
    "push",
    "sms",
    "referral",
    "shop",
    "call",
)
LONGEST, LEAVES = 8, 0.35
SPLIT = " > "
THEIR_SCRIPT = """
import json, sys, time
import polars as pl
from mam.core import MAM
frame = pl.DataFrame(json.load(open(sys.argv[1])))
conversions = frame.filter(pl.col("converted"))["times"].sum()
began = time.perf_counter()
mam = MAM(frame, format_type="grouped_journey", channels_colname="path", journey_with_conv_colname="converted",
    occurrences_colname="times")
runs = {"first": mam.run_first_click, "last": mam.run_last_click, "linear": mam.run_linear,
    "position": mam.run_position_based, "markov": mam.run_markov}
told = {}
for name, run in runs.items():
    found = run()
    rows = found.to_dict()
    told[name] = dict(zip(map(str, rows["channels"]), map(float, rows["attribution"])))
    if name == "markov":
        effect = found.metadata["removal_effect"]["removal_effect"]
        told[name] = {channel: conversions * share / effect.sum() for channel, share in effect.items()}
print(json.dumps({"seconds": time.perf_counter() - began, "credits": told}))
"""
Ways = Counter[tuple[tuple[str, ...], bool]]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--paths", type=int, default=88_000, help="different ways, counted by their end")
    options.add_argument("--folder", type=Path, help="where the environment is kept and found again")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="knotwork-bench-") as scratch:
        compare(made_paths(asked.paths), asked.folder or Path(scratch), Path(scratch))


def compare(ways: Ways, folder: Path, scratch: Path) -> None:
    """Ask both, and print how far they are apart."""
    given = scratch / "paths.json"
    rows = [{"path": SPLIT.join(steps), "converted": end, "times": count} for (steps, end), count in ways.items()]
    given.write_text(json.dumps(rows), encoding="utf-8")
    command = [str(environment(folder / "mam", THEIRS)), "-c", THEIR_SCRIPT, str(given)]
    theirs = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()[-1])
    seconds, ours = measure_ours(ways, scratch)
    conversions = sum(count for (_, end), count in ways.items() if end)
    print(f"{len(ways):,} paths gone {ways.total():,} times, {conversions:,} conversions")
    for model in MODELS:
        apart = max(abs(ours[model].get(one, 0) - theirs["credits"][model].get(one, 0)) for one in CHANNELS)
        print(f"{model:10} largest difference {apart / conversions:.2e} of all conversions")
    print(f"seconds: {seconds:.2f}, theirs {theirs['seconds']:.2f}, {seconds / theirs['seconds']:.2f} x")


def made_paths(most: int) -> Ways:
    """So many different ways, each with how often it was gone; the same each time."""
    chance, ways = Random(8), Counter[tuple[tuple[str, ...], bool]]()  # noqa: S311 - no secret hangs on it
    while len(ways) < most:
        steps = [chance.choice(CHANNELS)]
        while len(steps) < LONGEST and chance.random() > LEAVES:
            steps.append(CHANNELS[min(chance.randrange(12), chance.randrange(12))])
        converted = chance.random() < 0.1 + 0.05 * len({"email", "search"} & set(steps))
        ways[tuple(steps), converted] += 1
    return ways


def measure_ours(ways: Ways, scratch: Path) -> tuple[float, dict[str, dict[str, float]]]:
    """Seconds, and each model's credits by channel."""
    from knotwork_resolvers.analyses import Attribution, GivenPath, attribution_of

    began = time.perf_counter()
    given = [GivenPath(steps, count if end else 0, 0 if end else count) for (steps, end), count in ways.items()]
    answer = attribution_of(given, Attribution(model=MODELS), scratch=scratch)
    seconds = time.perf_counter() - began
    told: dict[str, dict[str, float]] = {model: {} for model in MODELS}
    for one in answer.credits:
        told[one.model][one.touchpoint] = one.conversions
    return seconds, told


if __name__ == "__main__":
    main()
