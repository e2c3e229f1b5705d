"""Matching in a workspace: customers as records, proposals and joined pairs, explanations, reports, households."""
