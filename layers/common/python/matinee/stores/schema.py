"""The tables in PostgreSQL, as numbered SQL files that are each applied once.

A file that a database already holds is never edited: what comes next is another file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg2
from psycopg2.extensions import connection as Connection

from matinee.errors import DatabaseSchemaError
from matinee.stores.long_sessions import long_session

MIGRATIONS = Path(__file__).parent / "migrations"

# Any constant will do, as long as every version of Matinee takes the same one.
_MIGRATION_LOCK = 0x4D_41_54_49_4E_45_45


@dataclass(frozen=True, slots=True)
class Migration:
    """One SQL file; `sha256` is that of its bytes."""

    name: str
    sql: str
    sha256: str


def migrate(database_url: str, *, folder: Path = MIGRATIONS) -> list[str]:
    """Bring the tables up to this version of Matinee.

    Several callers may start at once: one works, the others wait and find nothing left to do.

    Parameters
    ----------
    database_url : str
        Address of the database, whose user may create tables.
    folder : Path
        Where the SQL files are, applied in the order of their names.

    Returns
    -------
    list of str
        Names of the files applied now, without ``.sql``; empty when there was nothing to do.

    Raises
    ------
    DatabaseSchemaError
        If the database holds a file that this version does not know, or knows otherwise, or if a
        file fails (files before it stay applied, nothing of it does).
    """
    migrations = read_migrations(folder)
    with long_session(database_url, purpose="migration") as connection:
        # Session-level, so that it outlives each file's transaction; closing releases it.
        connection.autocommit = True
        pending = pending_migrations(migrations, _lock_and_read_applied(connection))
        connection.autocommit = False
        for migration in pending:
            _apply(connection, migration)
    return [migration.name for migration in pending]


def read_migrations(folder: Path) -> list[Migration]:
    """Read the SQL files of a folder.

    Parameters
    ----------
    folder : Path
        Where files named ``NNNN_what.sql`` are.

    Returns
    -------
    list of Migration
        In the order of their names.
    """
    migrations = []
    for path in sorted(folder.glob("*.sql")):
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        migrations.append(Migration(path.stem, content.decode(), digest))
    return migrations


def pending_migrations(
    migrations: Sequence[Migration], applied: Mapping[str, str]
) -> list[Migration]:
    """Tell which files a database still needs.

    Parameters
    ----------
    migrations : sequence of Migration
        What this version of Matinee knows, in order.
    applied : mapping of str to str
        What the database holds: sha256 by name.

    Returns
    -------
    list of Migration
        Those not applied yet, in order.

    Raises
    ------
    DatabaseSchemaError
        If the database is newer than the code, or an applied file has changed since.
    """
    known = {migration.name: migration.sha256 for migration in migrations}
    newer = sorted(applied.keys() - known.keys())
    if newer:
        raise DatabaseSchemaError(
            f"the database is newer than this version of Matinee, which does not know "
            f"{', '.join(newer)}: update Matinee, or use another database"
        )
    changed = sorted(name for name, sha256 in applied.items() if known[name] != sha256)
    if changed:
        raise DatabaseSchemaError(
            f"{', '.join(changed)} changed after the database applied it: restore the file and put "
            "the change into a new one"
        )
    return [migration for migration in migrations if migration.name not in applied]


def _lock_and_read_applied(connection: Connection) -> dict[str, str]:
    with _explained("preparing schema_migrations"), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", (_MIGRATION_LOCK,))
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS schema_migrations ("
            "name text PRIMARY KEY, sha256 text NOT NULL, "
            "applied_at timestamptz NOT NULL DEFAULT now())"
        )
        cursor.execute("SELECT name, sha256 FROM schema_migrations")
        return dict(cursor.fetchall())


def _apply(connection: Connection, migration: Migration) -> None:
    """Run one file and note it, both or neither."""
    with _explained(migration.name), connection, connection.cursor() as cursor:
        cursor.execute(migration.sql)
        cursor.execute(
            "INSERT INTO schema_migrations (name, sha256) VALUES (%s, %s)",
            (migration.name, migration.sha256),
        )


@contextmanager
def _explained(what: str) -> Iterator[None]:
    try:
        yield
    except psycopg2.OperationalError:
        raise  # the server is gone or busy, which the session explains
    except psycopg2.DatabaseError as exc:
        reason = str(exc).strip().splitlines()[0]
        raise DatabaseSchemaError(f"{what} failed: {reason}") from exc
