"""Splink beside us: run with the Python of an environment of its own, on a Parquet file of records.

    python splink_side.py RECORDS.parquet CLUSTERS.parquet

One configuration for all sets, made of Splink's own comparisons for names, dates and mailboxes as its documentation
recommends, with frequencies where it offers them. Prints seconds from the table in memory to clusters, by the clock and
of the processor.
"""

from __future__ import annotations

import logging
import sys
from time import perf_counter, process_time

import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

THRESHOLD = 0.5


def comparison(kind: str) -> object:
    """How a kind is compared."""
    if kind in {"given_name", "family_name", "name"}:
        return cl.NameComparison(kind)
    if kind == "birth_date":
        return cl.DateOfBirthComparison(kind, input_is_string=True)
    if kind == "email":
        return cl.EmailComparison(kind)
    if kind in {"postcode", "phone", "soc_sec_id", "street_number", "loyalty_card", "user_id"}:
        return cl.DamerauLevenshteinAtThresholds(kind, [1, 2])
    return cl.JaroWinklerAtThresholds(kind, [0.9, 0.7]).configure(term_frequency_adjustments=True)


def blocks(kinds: list[str]) -> list[object]:
    """Pairs that share a telling value, or two that tell less."""
    alone = [
        kind for kind in ("soc_sec_id", "email", "phone", "birth_date", "street", "address", "name") if kind in kinds
    ]
    names = [kind for kind in ("given_name", "family_name") if kind in kinds]
    places = [kind for kind in ("postcode", "city") if kind in kinds]
    both = [(name, place) for name in names for place in places] + ([tuple(names)] if len(names) == 2 else [])
    return [*map(block_on, alone), *(block_on(*pair) for pair in both)]


def trained(linker: Linker, rules: list[object]) -> None:
    """Weights without labels, as the documentation does it: two passes over blocks of different kinds."""
    linker.training.estimate_probability_two_random_records_match(rules[:2], recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=1_000_000)
    for rule in rules[:3]:
        try:
            linker.training.estimate_parameters_using_expectation_maximisation(rule)
        except Exception as error:  # noqa: BLE001  # whatever it is, Splink goes on with what it has learned
            print(f"splink did not learn from {rule}: {error}", file=sys.stderr)


def main(records: str, clusters: str) -> None:
    logging.disable(logging.WARNING)
    with duckdb.connect() as connection:
        columns = [row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM '{records}'").fetchall()]
        kinds = [name for name in columns if name != "id"]
        table = connection.sql(f"SELECT * FROM '{records}'").to_arrow_table()
    start, begun = perf_counter(), process_time()
    database = DuckDBAPI()
    rules = blocks(kinds)
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="id",
        comparisons=[comparison(kind) for kind in kinds],
        blocking_rules_to_generate_predictions=rules,
    )
    linker = Linker(database.register(table), settings, log_level=logging.ERROR)
    trained(linker, rules)
    pairs = linker.inference.predict(threshold_match_probability=THRESHOLD)
    found = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, THRESHOLD)
    seconds, processor = perf_counter() - start, process_time() - begun
    duckdb.sql("SELECT 1")
    frame = found.as_duckdbpyrelation().project("id, cluster_id")
    frame.write_parquet(clusters)
    print(f"{seconds:.2f} {processor:.2f}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
