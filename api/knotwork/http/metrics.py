"""What the process has done, as Prometheus reads it: counters and sums by route, method and status. No names, no data.

Own code, forty lines, rather than ``prometheus-client``: that keeps process-wide state made at import, and two servers
in one process (as in the tests) would share it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from threading import Lock
from time import time

BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
Key = tuple[str, str, int]


class Metrics:
    """Counts requests; safe to use from several threads."""

    def __init__(self) -> None:
        self._turn = Lock()
        self._requests: Counter[Key] = Counter()
        self._seconds: Counter[Key] = Counter()
        self._within: Counter[float] = Counter()
        self._started = time()

    def note(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request; ``route`` is the template, never the path."""
        known = method if method in {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"} else "OTHER"
        with self._turn:
            self._requests[known, route, status] += 1
            self._seconds[known, route, status] += seconds  # type: ignore[assignment]  # a counter adds what can be added
            for bound in BOUNDS:
                self._within[bound] += seconds <= bound

    def text(self, figures: Callable[[], dict[str, float]]) -> str:
        """All figures in Prometheus' text format; ``figures`` gives those of the workspace."""
        with self._turn:
            lines = [*self._lines()]
        for name, value in figures().items():
            lines += [f"# TYPE knotwork_{name} gauge", f"knotwork_{name} {value:g}"]
        return "\n".join(lines) + "\n"

    def _lines(self) -> Iterator[str]:
        yield "# HELP knotwork_http_requests_total Requests by method, route and status."
        yield "# TYPE knotwork_http_requests_total counter"
        for key, count in sorted(self._requests.items()):
            yield f"knotwork_http_requests_total{labels(key)} {count}"
        yield "# HELP knotwork_http_request_seconds_sum Seconds that requests took, by method, route and status."
        yield "# TYPE knotwork_http_request_seconds_sum counter"
        for key, seconds in sorted(self._seconds.items()):
            yield f"knotwork_http_request_seconds_sum{labels(key)} {seconds:.6f}"
        yield "# HELP knotwork_http_duration_seconds How long requests took."
        yield "# TYPE knotwork_http_duration_seconds histogram"
        for bound in BOUNDS:
            yield f'knotwork_http_duration_seconds_bucket{{le="{bound:g}"}} {self._within[bound]}'
        total = sum(self._requests.values())
        yield f'knotwork_http_duration_seconds_bucket{{le="+Inf"}} {total}'
        yield f"knotwork_http_duration_seconds_sum {sum(self._seconds.values()):.6f}"
        yield f"knotwork_http_duration_seconds_count {total}"
        yield "# TYPE knotwork_start_time_seconds gauge"
        yield f"knotwork_start_time_seconds {self._started:.0f}"


def labels(key: Key) -> str:
    """The labels of one figure."""
    method, route, status = key
    plain = route.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'{{method="{method}",route="{plain}",status="{status}"}}'
