"""The secrets of webhooks: from the environment, or from a file that it names; several while they are changed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from knotwork_graph.errors import UsageError
from knotwork_graph.facts.disk import put_in_place
from knotwork_graph.policy.given import variable
from knotwork_resolvers.feed.webhook import new_secret, secret_of

MOST = 3
"""So many secrets are signed with at most."""


def secrets_of(name: str, environ: Mapping[str, str]) -> tuple[bytes, ...]:
    """The secrets of a webhook, the newest first. Raises ``UsageError`` where there is none, or one that is none."""
    found = tuple(secret_of(one) for one in _texts(name, environ)[:MOST])
    if not found:
        raise UsageError(
            f"webhook {name} has no secret: set {variable('webhooks', name, 'secret')}, or "
            f"{variable('webhooks', name, 'secret_file')} to a file that holds one."
        )
    return found


def rotated(name: str, environ: Mapping[str, str], *, finish: bool) -> tuple[str, Path | None]:
    """A new secret that stands before those there were, and the file it was written to; None for no file.

    With ``finish`` the newest stays alone, and is what comes back. Raises ``UsageError`` where there is nothing to
    finish, or no file to do so in.
    """
    path = environ.get(variable("webhooks", name, "secret_file"))
    known = _texts(name, environ)
    if finish and (not path or not known):
        raise UsageError(f"webhook {name} has no file of secrets. Take the old ones out of the environment yourself.")
    secrets = known[:1] if finish else [new_secret(), *known][:MOST]
    if path:
        _write(Path(path), "".join(f"{one}\n" for one in secrets))
    return secrets[0], Path(path) if path else None


def _texts(name: str, environ: Mapping[str, str]) -> list[str]:
    """What stands in the environment, or in the file, as texts; blanks and lines lie between them."""
    path = environ.get(variable("webhooks", name, "secret_file"))
    if not path:
        return environ.get(variable("webhooks", name, "secret"), "").split()
    try:
        return Path(path).read_text(encoding="utf-8").split()
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{path} cannot be read, which holds the secret of webhook {name}. Check its rights."
        ) from error


def _write(path: Path, text: str) -> None:
    """Write a file that its owner alone may read, in one step."""
    temporary = path.with_name(f".{path.name}.new")
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        put_in_place(temporary, path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}. Check its folder's rights.") from error
