"""What people type, as the identifier that it means."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from knotwork_graph.model import Identifier

if TYPE_CHECKING:
    from knotwork_graph.policy import Policy
    from knotwork_graph.ports import GraphReader


def meant(store: GraphReader, policy: Policy, asked: str) -> Identifier:
    """The identifier that ``asked`` names, normalised as loading does; one that is known as it stands is so already.

    Raises ``ValueError`` for a text without a type.
    """
    from knotwork_resolvers.normalise import normalise_one

    raw = Identifier.parse(asked.strip().encode("utf-8", "replace").decode())
    if store.standing(raw) is not None:
        return raw
    return Identifier(raw.type, normalise_one(policy.rule(raw.type), raw.value)[0])


def plain(name: str) -> str:
    """A name as it is compared: upper and lower case, blanks and ways of writing one letter do not matter.

    >>> plain(" Mai\u00a0") == plain("MAI")
    True
    """
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def unresolved(store: GraphReader) -> str:
    """Why an identifier that was seen stands nowhere: it came after the last run, or after that run's moment."""
    run = store.run(store.state().current)
    if run is not None and run.past:
        return f"was not seen yet as of {run.as_of:%Y-%m-%d %H:%M} UTC. `knotwork resolve` goes back to now."
    return "is not resolved yet. Run `knotwork resolve`."
