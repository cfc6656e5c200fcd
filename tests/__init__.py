"""Proof, sorted by what must be running."""
