"""The part of a workspace that says what is known of customers, and what a source would add."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from knotwork.service.profiles import ProfilePage, ProfileService, View
from knotwork.workspace.parts import Parts

if TYPE_CHECKING:
    from knotwork_resolvers.enriching import Trial
    from knotwork_resolvers.profiles.profile import Profile


class Profiling(Parts):
    """Profiles, and the trial of an enrichment."""

    @cached_property
    def profiling(self) -> ProfileService:
        """Answers about profiles."""
        return ProfileService(self.home, self.settings.policy, self._customers)

    def close(self) -> None:
        """Give back files and connections."""
        self.__dict__.pop("profiling", None)
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

    def enrich_trial(self, *paths: str | Path, mapping: str | Path | None = None) -> Trial:
        """What loading these files would bring: matches, fill, conflicts, freshness, refusals; writes nothing.

        Raises ``InputError``, ``MappingError``, and ``UnknownRunError`` where nothing is resolved yet.
        """
        return self.profiling.enrich_trial([Path(path) for path in paths], None if mapping is None else Path(mapping))
