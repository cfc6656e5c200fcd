"""The right to run, which PostgreSQL gives to one process at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
from psycopg2.extensions import connection as Connection

from matinee.errors import RatingStoreUnavailableError
from matinee.stores.long_sessions import long_session


class RunLock:
    """The right to do one kind of run.

    The lock is the session's: when the process dies, however it dies, PostgreSQL frees it.

    Parameters
    ----------
    connection : connection
        Its session holds the lock.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def check(self) -> None:
        """Make sure that the lock is still held; call it before anything is published.

        Raises
        ------
        RatingStoreUnavailableError
            If the session was lost, and the lock with it.
        """
        try:
            with self._connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
            raise RatingStoreUnavailableError(
                "the session that held the lock was lost; nothing was published"
            ) from error


@contextmanager
def run_lock(database_url: str, *, key: int, purpose: str) -> Iterator[RunLock | None]:
    """Hold the right to run inside the block.

    Parameters
    ----------
    database_url : str
        Address of the database.
    key : int
        Of the kind of run; every version of Matinee takes the same one.
    purpose : str
        What the session does, in one word; shown by ``pg_stat_activity``.

    Yields
    ------
    RunLock or None
        None when another process holds it.

    Raises
    ------
    RatingStoreUnavailableError
        If PostgreSQL does not answer.
    """
    with long_session(database_url, purpose=purpose) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", (key,))
            (is_held,) = cursor.fetchone() or (False,)
        yield RunLock(connection) if is_held else None
