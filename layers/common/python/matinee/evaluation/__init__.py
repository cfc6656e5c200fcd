"""Splits that respect time, metrics that cite their definition."""
