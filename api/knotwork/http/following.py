"""Sending to webhooks beside a server: a thread for each, so that a slow receiver holds up no other."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

from knotwork.service.webhooks import WebhookService
from knotwork.service.webhooks.sending import SENT
from knotwork_graph.errors import KnotworkError

LOOK, TROUBLE = 2.0, 60.0
"""Seconds between two looks for something new, and after what cannot be mended by trying again at once."""

log = logging.getLogger("knotwork.webhooks")


@contextmanager
def sending(webhooks: WebhookService, tell: Callable[[str], None], *, look: float = LOOK) -> Iterator[None]:
    """A block beside which all webhooks are sent to; ``tell`` is given a sentence where something goes wrong."""
    stop = Event()
    threads = [Thread(target=_follow, args=(webhooks, name, stop, tell, look), daemon=True) for name in webhooks.hooks]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(12)  # a message that is on its way; unfinished, it is sent again


def _follow(webhooks: WebhookService, name: str, stop: Event, tell: Callable[[str], None], look: float) -> None:
    said = ""
    while not stop.is_set():
        try:
            ended = webhooks.step(name)
            wait, words = 0.0 if ended == SENT else look, ""
        except KnotworkError as error:
            wait, words = max(look, TROUBLE), str(error)
        except Exception:  # whatever it is, the other webhooks and the server go on
            log.exception("sending to webhook %s failed", name)
            wait, words = max(look, TROUBLE), "it failed unexpectedly; the log says how"
        if words and words != said:
            tell(words if words.startswith(f"webhook {name} ") else f"webhook {name}: {words}")
        said = words
        stop.wait(wait)
