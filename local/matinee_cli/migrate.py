"""``matinee migrate``: brings the tables in PostgreSQL up to date."""

from __future__ import annotations

import argparse

from matinee.settings import DatabaseSettings
from matinee.stores.schema import migrate

DESCRIPTION = """\
Apply the migrations that the database named by DATABASE_URL does not have yet. `matinee run` does
this by itself.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the subcommand."""
    subparsers.add_parser("migrate", description=DESCRIPTION)


def run(_args: argparse.Namespace) -> int:
    """Apply the migrations and name them."""
    applied = migrate(DatabaseSettings.from_environment().database_url.get_secret_value())
    print("\n".join(f"applied {name}" for name in applied) or "the tables are up to date")
    return 0
