"""The files of a generation, open: its events by customer, by place, and by the identifiers that they bear."""
