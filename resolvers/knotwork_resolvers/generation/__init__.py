"""A generation and what came since: whose every event is now, for one customer and for everybody."""
