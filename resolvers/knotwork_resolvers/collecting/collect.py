"""The front door for single events: check, judge, store durably, and say what became of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from threading import Lock

from knotwork_graph.facts import DeadLetter, DeadLetterFile, FactLog
from knotwork_resolvers.collecting.checking import Event, FewChecker, text_of
from knotwork_resolvers.collecting.judging import FewVerdicts, judge_few
from knotwork_resolvers.collecting.outcome import Collected, Fate, Outcome, report_of
from knotwork_resolvers.loading.block import Refusal, kept
from knotwork_resolvers.loading.judge import CONFLICT
from knotwork_resolvers.pause import no_search_for_circles

NAME = "collected"
"""What a dead letter of a collected event gives as its file."""


class Collector:
    """Takes events into one log, batch by batch, from any thread. Keep it: the second batch finds it open. Close it."""

    def __init__(self, log: FactLog) -> None:
        self._log = log
        self._checker = FewChecker()
        self._checking = Lock()

    def __call__(
        self, events: Iterable[Event], *, name: str = NAME, policy_types: Collection[str] | None = None
    ) -> Collected:
        """What became of ``events``: mappings, or JSON text of one event each. Durable when it returns.

        Accepted, duplicate or refused as a load of the same lines has it, for the same reasons; refused ones are in a
        file of dead letters, durable too. ``policy_types``, if given, are the identifier types that the policy names;
        others are noted. A few milliseconds for one event, 0.1 ms for each of a thousand.

        Raises ``DiskFullError`` or ``StoreError``; then none of the batch was taken.
        """
        with no_search_for_circles():
            return self._collected(name, list(events), policy_types)

    def _collected(self, name: str, given: Sequence[Event], policy_types: Collection[str] | None) -> Collected:
        with self._checking:
            checked = self._checker(name, given)
        rows = {place: one for place, one in enumerate(checked) if isinstance(one, dict)}
        refused = {place: one for place, one in enumerate(checked) if isinstance(one, Refusal)}
        with self._log.turn():
            keys = [row["key"] for row in rows.values()]
            verdicts = judge_few(rows, self._log.with_keys(keys), self._erased(list(rows), keys))
            refused |= {place: _conflict(place, given[place]) for place in verdicts.other}
            letters = self._bury(name, refused)
            stored = self._log.keep(list(verdicts.fresh.values()))
        for row, held in zip(verdicts.fresh.values(), stored, strict=True):
            row["event_id"] = held["event_id"]
        kinds = Counter(one.kind for one in refused.values())
        unnamed = _types(verdicts) - set(policy_types) if policy_types is not None else set()
        outcomes = tuple(sorted(_outcomes(refused, verdicts), key=lambda outcome: outcome.place))
        return Collected(report_of(outcomes, kinds, letters, unnamed), outcomes, stored)

    def close(self) -> None:
        """Give the engine back; the log is its owner's to close."""
        self._checker.close()

    def _erased(self, places: Sequence[int], keys: Sequence[int]) -> frozenset[int]:
        """The places whose keys are of events that were erased."""
        if not self._log.erasures():
            return frozenset()
        import numpy as np

        gone = self._log.erased(np.array(keys, np.uint64))
        return frozenset(place for place, one in zip(places, gone.tolist(), strict=True) if one)

    def _bury(self, name: str, refused: Mapping[int, Refusal]) -> str:
        """The file of the dead letters of what was refused; empty where nothing was."""
        with DeadLetterFile(self._log.dead_letters) as letters:
            letters.write(DeadLetter(name, one.line, one.reason, one.row) for _, one in sorted(refused.items()))
        return str(letters.path or "")


def collect(
    log: FactLog, events: Iterable[Event], *, name: str = NAME, policy_types: Collection[str] | None = None
) -> Collected:
    """What a ``Collector`` of ``log`` makes of one batch."""
    collector = Collector(log)
    try:
        return collector(events, name=name, policy_types=policy_types)
    finally:
        collector.close()


def _conflict(place: int, event: Event) -> Refusal:
    """The refusal of an event whose source and message id are those of another."""
    return Refusal(place + 1, CONFLICT, CONFLICT, kept(str(text_of(event, place)).encode()))


def _outcomes(refused: Mapping[int, Refusal], verdicts: FewVerdicts) -> Iterator[Outcome]:
    """What became of each event that is more than blanks."""
    for place, row in verdicts.fresh.items():
        yield Outcome(place + 1, Fate.ACCEPTED, row["event_id"])
    for place, row in verdicts.same.items():
        yield Outcome(place + 1, Fate.DUPLICATE, row["event_id"])
    for place in verdicts.erased:
        yield Outcome(place + 1, Fate.DUPLICATE)
    for place, refusal in refused.items():
        yield Outcome(place + 1, Fate.REJECTED, reason=refusal.reason)


def _types(verdicts: FewVerdicts) -> set[str]:
    """The identifier types that the accepted events bear."""
    return {pair["type"] for row in verdicts.fresh.values() for pair in row["identifiers"]}
