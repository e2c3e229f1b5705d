"""Workspaces that are closed in the end."""

from __future__ import annotations

from tests.unit.run.conftest import open_shop, shop

__all__ = ["open_shop", "shop"]
