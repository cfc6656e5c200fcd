"""Compose and SAM for real, on a Docker engine."""
