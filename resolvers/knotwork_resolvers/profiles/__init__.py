"""Profiles: what is known of each customer, which of it survives, and where every value comes from."""
