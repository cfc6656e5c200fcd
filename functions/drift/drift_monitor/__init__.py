"""Compares current traffic and ratings with the champion's reference window."""
