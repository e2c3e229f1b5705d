"""Segments: rules that name sets of customers, who is in them now, who was, and why."""
