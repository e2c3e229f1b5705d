"""The part of a workspace that says what is known of customers and what they did, and what a source would add."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from knotwork.service.journeys import JourneyPage, JourneyService
from knotwork.service.journeys import View as JourneyView
from knotwork.service.profiles import ProfilePage, ProfileService, View
from knotwork.workspace.parts import Parts

if TYPE_CHECKING:
    from knotwork_resolvers.enriching import Trial
    from knotwork_resolvers.profiles.profile import Profile


class Profiling(Parts):
    """Profiles, journeys in pages, and the trial of an enrichment."""

    @cached_property
    def profiling(self) -> ProfileService:
        """Answers about profiles."""
        return ProfileService(self.home, self.settings.policy, self._customers)

    @cached_property
    def journeys(self) -> JourneyService:
        """Answers about journeys in pages."""
        return JourneyService(self.home, self.settings.policy, self._customers)

    def close(self) -> None:
        """Give back files and connections."""
        for name in ("profiling", "journeys"):
            self.__dict__.pop(name, None)
        super().close()

    def profile(self, key_or_id: str, as_of: datetime | None = None) -> Profile:
        """What is known of one customer: at the moment of the current run, or by the events up to ``as_of``.

        Raises ``UnknownCustomerError``, or ``ValueError`` for what is neither an id nor an identifier.
        """
        return self.profiling.profile(key_or_id, as_of)

    def profiles(
        self, view: View = "everybody", first: int = 100, after: str | None = None, as_of: datetime | None = None
    ) -> ProfilePage:
        """The next ``first`` profiles of everybody, of known or of anonymous people, by customer id after ``after``.

        Raises ``UsageError`` for another view.
        """
        return self.profiling.page(view, first, after, as_of)

    def journey_page(
        self, key_or_id: str, first: int = 100, after: str | None = None, view: JourneyView = "customer"
    ) -> JourneyPage:
        """The next ``first`` events of a journey after the place where another page ended (its ``end``).

        With the view ``device``, what an identifier or the devices of a customer bore, as if nothing were stitched.
        Raises ``UnknownCustomerError``, ``UsageError``, ``ValueError`` for what is no place.
        """
        return self.journeys.page(key_or_id, first, after, view)

    def enrich_trial(self, *paths: str | Path, mapping: str | Path | None = None) -> Trial:
        """What loading these files would bring: matches, fill, conflicts, freshness, refusals; writes nothing.

        Raises ``InputError``, ``MappingError``, and ``UnknownRunError`` where nothing is resolved yet.
        """
        return self.profiling.enrich_trial([Path(path) for path in paths], None if mapping is None else Path(mapping))
