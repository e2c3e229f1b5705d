"""A report as metrics: numbers with names and labels, and as the text that Prometheus reads.

Form: https://prometheus.io/docs/instrumenting/exposition_formats/ (text, version 0.0.4). No label names a customer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from types import MappingProxyType

from knotwork_resolvers.nightly.report import Report

MIB = 1024**2
SUMMED = {
    "events": "Events that the last job looked at.",
    "nobody": "Events of no customer.",
    "identifiers": "Identifiers.",
    "edges": "Links between identifiers.",
    "customers": "Customers.",
    "largest": "Identifiers of the largest customer.",
    "severed": "Links that were severed.",
    "shared": "Identifiers that many share, so that they link nobody.",
    "unusable": "Identifiers that are blocked or invalid.",
}


@dataclass(frozen=True, slots=True)
class Metric:
    """One number: all of a ``name`` share its ``help`` and differ in their ``labels``."""

    name: str
    help: str
    value: float
    labels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def metrics_of(report: Report, published: Report | None) -> tuple[Metric, ...]:
    """The last job's numbers; ``published``: the newest report of a run that was published, where there is one."""
    return tuple(
        Metric(f"knotwork_nightly_{one.name}", one.help, one.value, one.labels)
        for part in (_job(report, published), _gates(report), _steps(report), _changes(report), _counts(report))
        for one in part
    )


def as_text(metrics: Iterable[Metric]) -> str:
    """The metrics as Prometheus reads them; those of one name stand together."""
    lines: list[str] = []
    for name, same in groupby(metrics, lambda one: one.name):
        some = list(same)
        lines += [f"# HELP {name} {some[0].help}", f"# TYPE {name} gauge"]
        lines += [f"{name}{_labels(one.labels)} {_number(one.value)}" for one in some]
    return "".join(f"{line}\n" for line in lines)


def _job(report: Report, published: Report | None) -> Iterator[Metric]:
    yield Metric("run", "The number of the last job's run.", report.run)
    yield Metric("held", "Whether a gate held the last job: 1 or 0.", report.state == "held")
    yield Metric("started_timestamp_seconds", "When the last job began.", report.started.timestamp())
    yield Metric("finished_timestamp_seconds", "When the last job ended.", report.finished.timestamp())
    if published is not None:
        when = published.finished.timestamp()
        yield Metric("published_timestamp_seconds", "When a job last ended whose run was published.", when)
    yield Metric("seconds", "How long all steps took.", report.seconds)
    yield Metric("fresh_events", "Events that were new to the graph.", report.fresh)
    peak = max((one.peak_mib for one in report.steps), default=0) * MIB
    yield Metric("peak_bytes", "The most memory that the job needed.", peak)
    if report.stitching is not None:
        yield Metric(
            "stitching_ratio", "The share of events whose customer somebody can be named by.", report.stitching
        )


def _gates(report: Report) -> Iterator[Metric]:
    for one in report.gates:
        yield Metric("gate_passed", "Whether a gate let the run pass: 1 or 0.", one.passed, {"gate": one.gate})
    for one in report.gates:
        if one.value is not None:
            yield Metric(
                "gate_value", "What a gate measured: a share, a growth or a count.", one.value, {"gate": one.gate}
            )
    for one in report.gates:
        if one.limit is not None:
            yield Metric("gate_limit", "The limit of a gate.", one.limit, {"gate": one.gate})


def _steps(report: Report) -> Iterator[Metric]:
    for one in report.steps:
        yield Metric("step_seconds", "How long a step took.", one.seconds, {"step": one.name})
    for one in report.steps:
        about = "The most memory that the job had needed by the end of a step."
        yield Metric("step_peak_bytes", about, one.peak_mib * MIB, {"step": one.name})


def _changes(report: Report) -> Iterator[Metric]:
    for one in report.movements:
        yield Metric("changed_customers", "Customers by what became of them.", one.customers, {"kind": one.kind})
    for one in report.movements:
        about = "Identifiers of customers by what became of these."
        yield Metric("changed_identifiers", about, one.identifiers, {"kind": one.kind})


def _counts(report: Report) -> Iterator[Metric]:
    for name, about in SUMMED.items():
        if name in report.counts:
            yield Metric(name, about, report.counts[name])


def _labels(labels: Mapping[str, str]) -> str:
    inside = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return f"{{{inside}}}" if inside else ""


def _escaped(value: str) -> str:
    """A label's value as the format has it.

    >>> _escaped('a "b"')
    'a \\\\"b\\\\"'
    """
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _number(value: float) -> str:
    """A number in full: whole ones without a point.

    >>> _number(True), _number(12.0), _number(0.25), _number(1772328600.5)
    ('1', '12', '0.25', '1772328600.5')
    """
    return str(int(value)) if float(value).is_integer() else repr(float(value))
