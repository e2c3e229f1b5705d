"""The secret of a workspace: signs what is handed out, and keys the hashes that masked holders join on."""

from __future__ import annotations

import hmac
import os
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from secrets import token_bytes, token_hex

from knotwork_graph.errors import WorkspaceError

SIZE = 32


@dataclass(frozen=True, slots=True)
class Secret:
    """Random bytes, from which one secret for each purpose is made."""

    raw: bytes

    def of(self, purpose: bytes) -> bytes:
        """The secret for one purpose; none leads to another."""
        return hmac.new(self.raw, purpose, sha256).digest()

    def join_hash(self, key: str) -> str:
        """What stands for an identifier where it is masked: equal for equal keys (``type:value``), and nothing else.

        128 bits in hexadecimal. Nobody without the secret can try out phone numbers on it.
        """
        return hmac.new(self.of(b"join"), key.encode(), sha256).hexdigest()[:32]

    def join_pads(self) -> tuple[bytes, bytes]:
        """What comes before a key inside, and before what that gives outside, in the same hash (RFC 2104)."""
        padded = self.of(b"join").ljust(64, b"\0")
        return bytes(one ^ 0x36 for one in padded), bytes(one ^ 0x5C for one in padded)


def kept_secret(path: Path) -> Secret:
    """The secret in the file at ``path``, made there when it is first asked for, readable by its owner alone.

    Raises ``WorkspaceError`` where it can be neither read nor made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            make(path)
        raw = path.read_bytes()
    except OSError as error:
        raise WorkspaceError(f"{path}: the workspace's secret cannot be kept: {error.strerror}.") from error
    if len(raw) != SIZE:
        raise WorkspaceError(f"{path}: this is no secret of a workspace. Delete it, and a new one is made.")
    return Secret(raw)


def make(path: Path) -> None:
    """Put a new secret at ``path``, whole, unless another process was faster."""
    made = path.with_name(f".{path.name}-{token_hex(4)}")
    try:
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(token_bytes(SIZE))
        with suppress(FileExistsError):
            os.link(made, path)
    finally:
        made.unlink(missing_ok=True)
