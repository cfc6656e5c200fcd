"""Reads movies and ratings out of files and loads them into PostgreSQL."""

from dataset_import.run import run_import
from dataset_import.sources import SourceOptions
from dataset_import.summary import ImportSummary

__all__ = ["ImportSummary", "SourceOptions", "run_import"]
