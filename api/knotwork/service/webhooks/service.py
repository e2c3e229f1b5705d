"""The webhooks of a workspace for people and for the server: sent to, looked at, tried, resumed, their secrets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from knotwork.service.webhooks.post import Answer
from knotwork.service.webhooks.secrets import rotated, secrets_of
from knotwork.service.webhooks.sending import ASIDE, FAILED, SENT, WAITS, Outcome, Sender
from knotwork_graph.errors import UsageError
from knotwork_graph.policy import suggestion
from knotwork_graph.policy.webhook_rules import WebhookSettings
from knotwork_resolvers.feed.webhook import trial

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from knotwork.service.audit import AuditService

Alone = Callable[[str], "AbstractContextManager[None]"]


@dataclass(frozen=True, slots=True)
class Listed:
    """One webhook as people see it: ``where`` without what may be secret in its address, ``state`` in a word or two.

    ``behind``: changes wait for it. ``said``: what the last attempt came to, at ``last_at``; before ``next_at`` there
    is no other.
    """

    name: str
    where: str
    kinds: tuple[str, ...]
    identifiers: bool
    state: str
    behind: bool
    delivered: int
    attempts: int
    said: str
    last_at: datetime | None
    next_at: datetime | None
    failing_since: datetime | None


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one webhook was sent: so many ``messages``, and how it ended: nothing new, waits, failed, set aside."""

    name: str
    messages: int
    ended: Outcome
    said: str = ""

    @property
    def well(self) -> bool:
        """Whether it has been told everything."""
        return self.ended not in (FAILED, ASIDE, WAITS)


class WebhookService:
    """``alone`` is a lock for each webhook, by its name: two senders would tell things out of order."""

    def __init__(
        self, hooks: Mapping[str, WebhookSettings], sender: Sender, alone: Alone, audit: Callable[[], AuditService]
    ) -> None:
        self.hooks = hooks
        self._sender, self._alone, self._audit = sender, alone, audit

    def list(self) -> tuple[Listed, ...]:
        """All webhooks of the policy, in its order; begins those that are new."""
        return tuple(self._listed(one) for one in self.hooks.values())

    def step(self, name: str) -> Outcome:
        """Send the next message of a webhook, if there is one and it is time.

        Raises ``WorkspaceBusyError`` where another process sends to it, ``UsageError``, ``StoreError``.
        """
        hook = self._hook(name)
        with self._alone(name):
            return self._step(hook)

    def deliver(self, names: Iterable[str] = (), *, stop: Callable[[], bool] = lambda: False) -> Iterator[Delivered]:
        """Send to these webhooks, or to all, whatever waits for them; what came of each.

        Raises ``UsageError`` for one there is none of, or that has no secret, ``WorkspaceBusyError``.
        """
        for hook in [self._hook(name) for name in names] or list(self.hooks.values()):
            sent, ended = 0, SENT
            with self._alone(hook.name):
                while ended == SENT and not stop():
                    before = self._sender.told(hook).delivered
                    ended = self._step(hook)
                    told = self._sender.told(hook)
                    sent += told.delivered - before
            yield Delivered(hook.name, sent, ended, told.said)

    def try_out(self, name: str) -> Answer:
        """What the receiver answered to a message that tells of nothing. The feed goes on where it was."""
        return self._sender.send(self._hook(name), trial(self._sender.now()))

    def resume(self, name: str, *, where: str = "", by: str) -> Listed:
        """Send to a webhook again that was set aside, or waits: from where it was, from ``now`` on or from ``start``.

        Raises ``UsageError`` for another ``where``, ``WorkspaceBusyError``.
        """
        hook, places = self._hook(name), ("now", "start")
        if where and where not in places:
            raise UsageError(f"a webhook begins at no {where}; {suggestion(where, places)}.")
        with self._alone(name):
            told = self._sender.told(hook).resumed()
            if where:
                told = replace(told, cursor=None if where == "start" else self._sender.end(), pinned=0)
            self._sender.book.keep(told)
        self._audit().audit("policy", by, f"webhook {name}", f"resumed{f' from {where}' if where else ''}")
        return self._listed(hook)

    def rotate(self, name: str, *, finish: bool = False, by: str) -> tuple[str, Path | None]:
        """A new secret, and the file it stands in, before those there were; None where no file is named.

        With ``finish`` the newest stays alone. Raises ``UsageError``.
        """
        self._hook(name)
        secret, path = rotated(name, self._sender.environ, finish=finish)
        detail = "its older secrets were taken out" if finish else "it has a new secret"
        self._audit().audit("policy", by, f"webhook {name}", detail)
        return secret, path

    def _step(self, hook: WebhookSettings) -> Outcome:
        ended = self._sender.step(hook)
        if ended == SENT and hook.identifiers:
            self._audit().audit("export", f"webhook {hook.name}", "changes", "a message with identifiers")
        return ended

    def close(self) -> None:
        """Give back files; they are opened again when they are needed again."""
        self._sender.book.close()

    def _listed(self, hook: WebhookSettings) -> Listed:
        told = self._sender.told(hook)
        parts = urlsplit(hook.url)
        return Listed(
            name=hook.name,
            where=f"{parts.scheme}://{parts.netloc}",
            kinds=hook.kinds,
            identifiers=hook.identifiers,
            state=self._state(hook, told.set_aside, told.attempts),
            behind=self._sender.behind(hook),
            delivered=told.delivered,
            attempts=told.attempts,
            said=told.said,
            last_at=told.last_at,
            next_at=told.next_at,
            failing_since=told.failing_since,
        )

    def _state(self, hook: WebhookSettings, set_aside: datetime | None, attempts: int) -> str:
        if set_aside is not None:
            return f"set aside since {set_aside:%Y-%m-%d %H:%M} UTC"
        try:
            secrets_of(hook.name, self._sender.environ)
        except UsageError:
            return "has no secret"
        return "failing" if attempts else "well"

    def _hook(self, name: str) -> WebhookSettings:
        if name not in self.hooks:
            known = f"{suggestion(name, tuple(self.hooks))}." if self.hooks else "the policy has none: see webhooks.md."
            raise UsageError(f"there is no webhook {name}; {known}")
        return self.hooks[name]
