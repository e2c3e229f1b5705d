"""What a session is: events with no longer a pause between them than this. One meaning for journeys and ownership."""

from __future__ import annotations

SESSION_GAP = 30 * 60 * 1_000_000
"""A session ends after so many microseconds without an event."""
