"""Explaining: why two identifiers are one customer, why two are not, and what another policy would change."""
