"""Sending: one message to one webhook, and what is noted of it before and after.

The number of changes in a message is noted before it is sent, and the cursor after it was taken. So a sender that dies
between the two sends the very same message again, under the same id, by which a receiver knows it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import SystemRandom
from typing import TYPE_CHECKING

from knotwork.service.webhooks.book import Told, WebhookBook
from knotwork.service.webhooks.post import GONE, Answer, post
from knotwork.service.webhooks.secrets import secrets_of
from knotwork_graph.errors import UsageError
from knotwork_graph.policy.webhook_rules import WebhookSettings
from knotwork_resolvers.feed.webhook import Message, message_of, wait_after

if TYPE_CHECKING:
    from knotwork_resolvers.feed import FeedPage

ReadFeed = Callable[[str | None, int], "FeedPage"]
Post = Callable[[str, bytes, Mapping[str, str], float], Answer]
Outcome = str
SENT, NOTHING, WAITS, FAILED, ASIDE = "sent", "nothing new", "waits", "failed", "set aside"


def now_in_utc() -> datetime:
    """The time, aware."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends to webhooks what ``feed`` gives; ``end`` is where it ends now. ``environ`` holds the secrets.

    ``draw`` gives numbers from 0 to 1.
    """

    feed: ReadFeed
    end: Callable[[], str]
    book: WebhookBook
    environ: Mapping[str, str]
    post: Post = post
    now: Callable[[], datetime] = now_in_utc
    draw: Callable[[], float] = SystemRandom().random

    def told(self, hook: WebhookSettings) -> Told:
        """How far a webhook has been told; a new one begins where its settings say, and that is noted."""
        known = self.book.told(hook.name)
        if known is not None:
            return known
        return self.book.keep(Told(hook.name, None if hook.begin == "start" else self.end()))

    def behind(self, hook: WebhookSettings) -> bool:
        """Whether changes wait for a webhook; runs without a change move the end of the feed, and tell nothing."""
        cursor = self.told(hook).cursor
        if cursor == self.end():
            return False
        try:
            return bool(self.feed(cursor, 1).entries)
        except UsageError:  # the cursor is of a feed that is no more: whatever this one has was not told
            return True

    def step(self, hook: WebhookSettings) -> Outcome:
        """Send the next message of a webhook, if there is one and it is time; what came of it, in a word or two.

        Raises ``UsageError`` where the webhook has no secret, ``StoreError`` where the feed cannot be read.
        """
        told = self.told(hook)
        if told.set_aside is not None:
            return ASIDE
        if told.next_at is not None and self.now() < told.next_at:
            return WAITS
        try:
            page = self.feed(told.cursor, told.pinned or hook.batch)
        except UsageError as error:  # the cursor is of a feed that is no more: a person must say where to begin
            self.book.keep(replace(told, set_aside=self.now(), said=str(error)))
            return ASIDE
        if not page.entries:
            return NOTHING
        changes = [one for one in page if not hook.kinds or one.kind in hook.kinds]
        if not changes:
            self.book.keep(replace(told, cursor=page.cursor, pinned=0))
            return SENT
        message = message_of(hook.name, told.cursor, page.cursor, changes, identifiers=hook.identifiers)
        return self._sent(hook, self.book.keep(replace(told, pinned=len(page))), message, page.cursor)

    def _sent(self, hook: WebhookSettings, told: Told, message: Message, cursor: str) -> Outcome:
        answer, now = self.send(hook, message), self.now()
        if answer.taken:
            self.book.keep(told.well(cursor, now, answer.words))
            return SENT
        wait = wait_after(told.attempts + 1, self.draw(), answer.later)
        failed = told.failed(now, now + timedelta(seconds=wait), answer.words)
        long = now - (failed.failing_since or now) >= hook.give_up
        self.book.keep(replace(failed, set_aside=now) if long or answer.status == GONE else failed)
        return ASIDE if long or answer.status == GONE else FAILED

    def send(self, hook: WebhookSettings, message: Message) -> Answer:
        """What the receiver answered to a message, signed now."""
        headers = message.headers(secrets_of(hook.name, self.environ), self.now())
        return self.post(hook.url, message.body, headers, hook.timeout.total_seconds())
