"""The stores, readers and services of one folder, put together when first used."""

from __future__ import annotations

import os
from contextlib import closing
from functools import cached_property, partial
from typing import TYPE_CHECKING

from knotwork.service.audit import AuditService, rows_expected
from knotwork.service.backup.taking import Source
from knotwork.service.customers import CustomerService
from knotwork.service.decisions import DecisionService
from knotwork.service.explanations import ExplanationService
from knotwork.service.feed import FeedService
from knotwork.service.history import HistoryService
from knotwork.service.runs import RunService
from knotwork.workspace.layout import Layout
from knotwork.workspace.lock import writing
from knotwork.workspace.stores import SQLITE, open_store, open_tables
from knotwork.workspace.turns import Turns
from knotwork_graph.audit import AuditTrail
from knotwork_graph.facts import FactLog
from knotwork_graph.generations import Generations
from knotwork_graph.journal import Journal, copy_to_store
from knotwork_graph.policy import Settings
from knotwork_graph.proposals import MatchBook
from knotwork_graph.sightings import SightingFiles

if TYPE_CHECKING:
    from pathlib import Path

    from knotwork.service.tokens import TokenService
    from knotwork.service.webhooks import WebhookService
    from knotwork_graph.moving import Store
    from knotwork_graph.ports import GraphStore
    from knotwork_resolvers.collecting import Collector
    from knotwork_resolvers.home import Home
    from knotwork_resolvers.run import ResolveReport


class Parts:
    """What a workspace consists of. Closed, it opens again what is used again."""

    def __init__(self, layout: Layout, settings: Settings) -> None:
        self.layout = layout
        self.settings = settings

    def close(self) -> None:
        """Give back files and connections; the workspace opens them again when it is used again."""
        customers, home = self.__dict__.pop("_customers", None), self.__dict__.pop("home", None)
        explanations, analyses = self.__dict__.pop("_explanations", None), self.__dict__.pop("_analyses", None)
        for name in ("_decisions", "_feed", "_history", "runs"):
            self.__dict__.pop(name, None)
        kept = self.__dict__.pop("_collector", None), self.__dict__.pop("audit", None)
        for part in (analyses, explanations, customers, *kept):
            if part is not None:
                part.close()
        if (tokens := self.__dict__.pop("tokens", None)) is not None:
            tokens.book.close()
        if (webhooks := self.__dict__.pop("webhooks", None)) is not None:
            webhooks.close()
        if home is not None:
            home.close()
        if (facts := self.__dict__.pop("facts", None)) is not None:
            facts.close()

    @cached_property
    def facts(self) -> FactLog:
        """The event log."""
        return FactLog(self.layout.facts)

    @cached_property
    def home(self) -> Home:
        """Where runs read and write."""
        from knotwork_resolvers.home import Home

        self.layout.scratch.mkdir(parents=True, exist_ok=True)
        store = self._store()
        copy_to_store(self._journal, store)
        return Home(
            facts=self.facts,
            store=store,
            sightings=SightingFiles(self.layout.sightings),
            generations=Generations(self.layout.generations),
            scratch=self.layout.scratch,
            matches=MatchBook(self.layout.matching),
            journal=self._journal,
        )

    @cached_property
    def audit(self) -> AuditService:
        """The audit chain: ``audit.audit(kind, who, what, detail)`` adds to it."""
        return AuditService(AuditTrail(self.layout.audit), lambda: rows_expected(self.home.store))

    @cached_property
    def tokens(self) -> TokenService:
        """The access tokens."""
        from knotwork.access.tokens import TokenBook
        from knotwork.service.tokens import TokenService

        return TokenService(TokenBook(self.layout.tokens), self.audit)

    @cached_property
    def webhooks(self) -> WebhookService:
        """Who is told of the change feed, and how far."""
        from knotwork.service.webhooks import WebhookService
        from knotwork.service.webhooks.book import WebhookBook
        from knotwork.service.webhooks.sending import Sender

        folder = self.layout.webhooks
        sender = Sender(
            lambda since, first: self._feed.changes(since, first),
            lambda: self._feed.end(),
            WebhookBook(self.layout.told),
            os.environ,
        )
        turn = partial(writing, what="webhook deliver")
        return WebhookService(
            self.settings.webhooks, sender, lambda name: turn(folder / f"{name}.lock"), lambda: self.audit
        )

    @property
    def _journal(self) -> Journal:
        return Journal(self.layout.decisions)

    @cached_property
    def _decisions(self) -> DecisionService:
        return DecisionService(self._journal, self.home.store, self.settings.policy)

    @cached_property
    def _customers(self) -> CustomerService:
        return CustomerService(self.home, self.settings.policy)

    @cached_property
    def _history(self) -> HistoryService:
        return HistoryService(self.home.store, self._customers, self.settings.policy)

    @cached_property
    def _feed(self) -> FeedService:
        return FeedService(self.home.store)

    @cached_property
    def _explanations(self) -> ExplanationService:
        return ExplanationService(self.home, self._customers, self.settings.policy)

    @cached_property
    def runs(self) -> RunService:
        """The runs: to look at, to compare, and to send readers from one to another."""
        return RunService(self.home, self.settings, self.layout.reports, self.turns.writing, lambda: self.audit)

    @cached_property
    def turns(self) -> Turns:
        """Who changes the workspace when."""
        return Turns(self.layout.lock, lambda: self.facts, self._resolve_collected)

    def _resolve_collected(self) -> ResolveReport:
        from knotwork_resolvers.pause import no_search_for_circles
        from knotwork_resolvers.run import resolve_collected

        with no_search_for_circles():
            return resolve_collected(self.home, self.settings.policy)

    def _store(self) -> GraphStore:
        where = self.settings.graph
        return open_store(where.url, where.database, self.layout.graph, os.environ)

    @cached_property
    def _collector(self) -> Collector:
        from knotwork_resolvers.collecting import Collector

        return Collector(self.facts)

    def _kept_here(self) -> Source:
        """What a backup holds, and how to copy the graph."""
        where, folder = self.settings.graph, self.layout.folder
        beside = (*folder.glob("*.toml"), *(one for one in self.layout.segments.rglob("*") if one.is_file()))
        return Source(
            self.layout.policy,
            self.layout.data,
            self.layout.graph,
            self._copy_of_file if where.url == SQLITE else self._copy_of_server,
            tuple(one for one in beside if one != self.layout.policy and one.suffix != ".tmp"),
            server=where.url != SQLITE,
        )

    def _copy_of_file(self, target: Path) -> None:
        from knotwork_graph.sqlite.copying import copy_file

        if (self.layout.graph / target.name).exists():
            copy_file(self.layout.graph, target)

    def _copy_of_server(self, target: Path) -> None:
        """Copy the graph of the server into a file, both read afterwards; no job of another host writes meanwhile."""
        from knotwork.service.moving import copy_graph
        from knotwork_resolvers.nightly import alone

        if self.home.store.state().last_run:
            with (
                alone(self.home.store),
                closing(self._tables()) as source,
                closing(open_tables(SQLITE, "", target.parent, {})) as copy,
            ):
                copy_graph(source, copy, str(target))

    def _tables(self) -> Store:
        where = self.settings.graph
        return open_tables(where.url, where.database, self.layout.graph, os.environ)
