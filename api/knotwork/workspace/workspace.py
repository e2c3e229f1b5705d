"""What one may do with an open workspace, and ask of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO

from knotwork.access.masks import Mask
from knotwork.access.roles import Role
from knotwork.service.advice import PolicyAdvice, policy_advice
from knotwork.service.analyses import Asked
from knotwork.service.audited import make_up
from knotwork.service.backup import BackedUp, back_up
from knotwork.service.collecting import CollectReport
from knotwork.service.customer import Customer
from knotwork.service.decision_files import read_decisions, write_decisions
from knotwork.service.decisions import Taken, somebody, user_name
from knotwork.service.erasing import Erased, ErasureService
from knotwork.service.evaluation import evaluation_of
from knotwork.service.exports import export_rows
from knotwork.service.moving import ImportFiles, bulk_import, copy_graph, verify_graph
from knotwork.service.views import Overview
from knotwork.service.whom import Named, either
from knotwork.workspace.doctor import Finding, examine
from knotwork.workspace.matching import Matching
from knotwork.workspace.profiling import Profiling
from knotwork.workspace.serving import Serving
from knotwork.workspace.stores import open_tables
from knotwork_graph.counted import counted
from knotwork_graph.errors import UsageError
from knotwork_graph.model import ClusterView, CustomerView, Heirs, JourneyEvent, LoadReport, Recorded
from knotwork_graph.policy import Policy, Settings, read_policy

if TYPE_CHECKING:
    from knotwork_resolvers.analyses import Answer
    from knotwork_resolvers.collecting import Event
    from knotwork_resolvers.evaluate import Evaluation
    from knotwork_resolvers.explain.answers import Why, WhyNot
    from knotwork_resolvers.explain.simulation import Simulation
    from knotwork_resolvers.feed import FeedPage
    from knotwork_resolvers.nightly import Report
    from knotwork_resolvers.past import CustomerHistory, IdentifierHistory
    from knotwork_resolvers.run import ResolveReport

STANDARD_INPUT = "-"


class Workspace(Matching, Serving, Profiling):
    """One workspace, open. Reading needs no lock; ``load`` and ``resolve`` hold it, one process at a time."""

    def __enter__(self) -> Workspace:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # --- changing

    def load(
        self,
        *paths: str | Path,
        mapping: str | Path | None = None,
        replay: bool = False,
        progress: Callable[[int], None] | None = None,
    ) -> LoadReport:
        """Append the events of files, folders, or ``-`` for standard input; see ``LoadReport`` for what comes back.

        What an interrupted load took is kept; the same load again completes it, nothing doubled. With ``replay`` the
        files are dead letters. Raises ``InputError``, ``MappingError``, ``WorkspaceBusyError``, ``DiskFullError``.
        """
        from knotwork_resolvers.loading import load, read_mapping

        chosen = None if mapping is None else read_mapping(Path(mapping))
        known = self.settings.policy.identifiers
        with self.turns.alone("load"):  # its `resolve` follows
            return load(
                [Path(path) for path in paths],
                self.facts,
                mapping=chosen,
                replay=replay,
                progress=progress,
                policy_types=known,
            )

    def collect(self, events: Iterable[Event]) -> CollectReport:
        """Take single events (mappings, or JSON text each) and resolve what they touch; milliseconds for one.

        They are durable when this returns, and customers and journeys hold them, unless the report says that they wait:
        for a full run that must come first, for a command at work, or for a graph that cannot be reached. Raises
        ``DiskFullError``, ``StoreError``; then none was taken.
        """
        taken = self._collector(events, policy_types=self.settings.policy.identifiers)
        resolved = self.turns.resolved() if taken.report.accepted else None
        if resolved is not None and resolved.how != "waiting":
            self._segments_after(single=True)
        return CollectReport(taken.report, taken.outcomes, resolved)

    def resolve(
        self,
        as_of: datetime | None = None,
        dry_run: bool = False,
        tell: Callable[[str], None] | None = None,
        *,
        full: bool = False,
    ) -> ResolveReport:
        """Compute the customers and publish them; ``tell`` hears of each step. Raises ``WorkspaceBusyError``.

        Looks at what was touched since the last time, or at everything where it must or ``full`` asks for it; the
        report says which. Both find the same customers.
        """
        from knotwork_resolvers.run import resolve_run

        self._segments_before()
        with self.turns.writing("resolve"):
            report = resolve_run(
                self.home, self.settings.policy, as_of=as_of, dry_run=dry_run, everything=full, tell=tell
            )
            if not dry_run:
                self.look_again(tell)
        if not dry_run:
            self._segments_after()
        return report

    def recompute(self, publish_anyway: Iterable[str] = (), tell: Callable[[str], None] | None = None) -> Report:
        """The nightly job, as ``RunService.recompute`` has it: published, or held where a gate says no."""
        self._segments_before()
        report = self.runs.recompute(publish_anyway, tell)
        with self.turns.writing("review refresh"):
            self.look_again(tell)
        self._segments_after()
        return report

    def erase(
        self,
        *names: str,
        reason: str,
        by: str = "",
        dry_run: bool = False,
        tell: Callable[[str], None] | None = None,
    ) -> Erased:
        """Take out for good every event that bears one of ``names`` (keys or customer ids), and resolve what is left.

        With ``dry_run`` only says what would go. Raises ``UnknownCustomerError``, ``UsageError``,
        ``WorkspaceBusyError``, ``DiskFullError``.
        """
        who = by.strip() or user_name()
        with self.turns.writing("erase"):
            done = ErasureService(self.home, self.settings.policy).erase(names, who, reason, dry_run=dry_run, tell=tell)
            if done.number:
                self.review.forget_unknown()
                self.answers.forget()
                self.look_again(tell)
        if done.number:
            self.audit.audit("erasure", who, f"erasure {done.number}", reason)
            self._segments_after()
        return done

    def import_decisions(self, source: str | Path | TextIO) -> Taken:
        """Take in the decisions of a file that another workspace (or this one) wrote: all of them, or none.

        Raises ``ContradictionError``, ``InputError``, ``WorkspaceBusyError``.
        """
        incoming = read_decisions(source)
        with self.turns.writing("import decisions"):
            make_up(self.audit, self.home.store)
            taken = self._decisions.take_in(incoming)
            fresh = self.decisions(every=True)[-taken.fresh :] if taken.fresh else ()
            rows = [(f"decision {one.undoes or one.number}", f"{one.kind} by {one.by}") for one in fresh]
            self.audit.each("import", somebody(), [(f"{counted(taken.fresh, 'record')} of decisions", ""), *rows])
            return taken

    # --- asking

    def decisions(self, *, every: bool = False) -> tuple[Recorded, ...]:
        """The decisions that stand, by number; with ``every`` also what was undone, and the undoings."""
        return self._decisions.decisions(every=every)

    def export_decisions(self, out: str | Path | TextIO) -> int:
        """Write every record of a decision, undone or not, as JSON lines; how many there were."""
        count = write_decisions(self.decisions(every=True), out)
        self.audit.audit("export", somebody(), "decisions", counted(count, "record"))
        return count

    def overview(self) -> Overview:
        """The figures of the whole workspace."""
        return self._customers.overview()

    def customer(self, key_or_id: str, known_at: datetime | None = None) -> Customer | Heirs:
        """The customer with this id, or who holds this ``type:value``; the heirs of one that was split.

        With ``known_at`` (aware), who readers saw then. Raises ``UnknownCustomerError``, ``UnknownRunError`` for a
        moment before the first run, or ``ValueError`` for what is neither an id nor an identifier.
        """
        if known_at is None:
            found = self._customers.customer(key_or_id)
        else:
            found = self._history.customer_then(key_or_id, known_at)
        return found if isinstance(found, Heirs) else Customer.of(found, self.journey)

    def history(self, key_or_id: str) -> IdentifierHistory | CustomerHistory:
        """Whose an identifier was from when to when; or, for a customer id, what it gained and lost.

        Raises as ``customer`` does.
        """
        return self._history.history(key_or_id)

    def customers(self, first: int = 100, after: str | None = None) -> tuple[tuple[CustomerView, ...], bool]:
        """The next ``first`` customers by id after the id ``after``, and whether there are more."""
        return self._customers.customers(first, after)

    def cluster(self, customer_id: str) -> ClusterView:
        """The identifiers and edges of one customer. Raises ``UnknownCustomerError``."""
        return self._customers.cluster(customer_id)

    def journey(
        self, key_or_id: str, as_of: datetime | None = None, last: int | None = None
    ) -> tuple[JourneyEvent, ...]:
        """The events of one customer in order of time. Raises ``UnknownCustomerError``."""
        return self._customers.journey(key_or_id, as_of, last)

    def why(self, a: str, b: str, *, reasons: bool = True) -> Why:
        """What holds ``a`` and ``b`` (keys or customer ids) in one customer. Raises ``UnknownCustomerError``.

        Without ``reasons`` decisions are told without the words that people gave for them.
        """
        return self._explanations.why(a, b, reasons=reasons)

    def why_not(self, a: str, b: str, *, reasons: bool = True) -> WhyNot:
        """What keeps ``a`` and ``b`` apart, and the smallest change that would join them. Raises as ``why`` does."""
        return self._explanations.why_not(a, b, reasons=reasons)

    def simulate_text(self, text: str) -> Simulation:
        """What a policy given as TOML would make of the same data; bounded, one at a time. Raises ``PolicyError``."""
        return self._explanations.simulate_text(text)

    def simulate(self, policy: Policy | str | Path, tell: Callable[[str], None] | None = None) -> Simulation:
        """What another policy (or its file) would make of the same data; writes nothing. Raises ``PolicyError``."""
        chosen = Settings(policy) if isinstance(policy, Policy) else read_policy(Path(policy), os.environ)
        found = self._explanations.simulate(chosen.policy, tell)
        return replace(found, warnings=(*chosen.warnings, *found.warnings))

    def evaluate(self, truth: str | Path) -> Evaluation:
        """How the published customers agree with a truth (CSV or Parquet: type, value, person).

        Raises ``InputError``, and ``UnknownRunError`` where nothing is published.
        """
        return evaluation_of(self.home, self.settings.policy, truth)

    def check_policy(
        self,
        types: Sequence[str] = (),
        *,
        show_personal: bool = False,
        tell: Callable[[str], None] | None = None,
    ) -> tuple[PolicyAdvice, ...]:
        """What the data say about each of these identifier types, or about all; publishes nothing.

        Raises ``UsageError`` for a type that no event has shown, ``WorkspaceBusyError``.
        """
        mask = Mask(Role.STEWARD, clear=show_personal)
        with self.turns.writing("policy check"):
            return policy_advice(self.home, self.settings.policy, types, mask.value, tell)

    def analyse(
        self,
        kind: str,
        *,
        customers: Named | None = None,
        beside: Named | None = None,
        segment: str | None = None,
        beside_segment: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        **options: Any,
    ) -> Answer:
        """The answer to a question about everybody, a set of customers, or (``beside``) two sets and their difference.

        ``kind`` is one of ``knotwork_resolvers.analyses.KINDS``, and ``options`` are those of its question. A set is a
        file with an id or a key in each line, a list of them, or a segment by its name. Raises ``UsageError``.
        """
        first, second = either(customers, segment), either(beside, beside_segment)
        return self._analyses.answer(Asked(kind, options, first, second, since, until))

    def people_behind(
        self,
        kind: str,
        cell: Sequence[str],
        *,
        customers: Named | None = None,
        segment: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        **options: Any,
    ) -> tuple[str, ...]:
        """The ids of the customers behind one number of an answer, named by the first cells of its row.

        Raises ``UsageError``.
        """
        return self._analyses.people(Asked(kind, options, either(customers, segment), None, since, until), cell)

    def changes(self, since: str | None = None, first: int | None = None) -> FeedPage:
        """What became of customers after the cursor ``since``, in the order in which readers came to see it.

        All there is, or the ``first`` so many; the page's cursor leads on, now or in a year. Raises ``UsageError`` for
        a cursor of another feed.
        """
        return self._feed.changes(since, first)

    def export(self, what: str, form: str, out: str | Path | BinaryIO) -> int:
        """Write a table to a file or a stream; how many rows it had. Raises ``UsageError`` for an unknown table."""
        tables = {"proposals": self.matching.proposal_rows, "households": self.matching.household_rows}
        more = {"segments": self.segmenting.export, **tables}
        count = export_rows(self.home, self.settings.policy, what, form, out, more=more)
        self.audit.audit("export", somebody(), what, f"{counted(count, 'row')} as {form}")
        return count

    def backup(self, out: str | Path, patience: float = 60) -> BackedUp:
        """Copy everything, as of one moment, to the new folder ``out``, or one file where its name ends in ``.tar``.

        Readers notice nothing; whoever writes is awaited for ``patience`` seconds, and then waits while databases are
        copied. Raises ``UsageError``, ``WorkspaceBusyError``, ``DiskFullError``, ``StoreError``.
        """
        turn = self.turns.writing("backup", patience)
        return back_up(self._kept_here(), Path(out), self._stays_still(turn))

    def graph_files(self, out: str | Path) -> ImportFiles:
        """The graph as files in the new folder ``out``, for a Neo4j server to import. Raises ``StoreError``."""
        with (
            self.turns.alone("graph bulk-import"),
            closing(self._tables()) as source,
        ):
            return bulk_import(source, Path(out), self.settings.graph.database)

    def graph_verify(self) -> int:
        """How many edges the graph has, each counted anew from the facts. Raises ``StoreError`` where any differs."""
        return verify_graph(self.home, self.settings.policy)

    def graph_copy(self, to: str, database: str = "neo4j") -> dict[str, int]:
        """Copy the graph into the empty store at ``to`` ("sqlite", or the address of a server); rows by table.

        Both are read afterwards and compared. Raises ``StoreError``, ``UsageError`` for the place it is at already.
        """
        if to == self.settings.graph.url:
            raise UsageError(f"the graph is at {to} already. Name another place to copy it to.")
        with (
            self.turns.alone("graph copy"),
            closing(self._tables()) as source,
            closing(open_tables(to, database, self.layout.graph, os.environ)) as target,
        ):
            return copy_graph(source, target, to)

    def doctor(self) -> Sequence[Finding]:
        """What a look at everything found, the troubles among it first."""
        return examine(self.layout, self.settings, lambda: self.home)
