"""Backups: a whole workspace as it stood at one moment, and making a workspace of one again."""

from knotwork.service.backup.restoring import Restored, restore
from knotwork.service.backup.taking import BackedUp, back_up

__all__ = ["BackedUp", "Restored", "back_up", "restore"]
