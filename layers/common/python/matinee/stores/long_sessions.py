"""PostgreSQL connections for jobs that may take minutes, such as migrations and imports.

Requests use short deadlines instead; nothing here belongs in the path of an answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import parse_dsn

from matinee.errors import ConfigurationError, DatabaseSchemaError, RatingStoreUnavailableError
from matinee.stores.refusals import DATABASE_REFUSES, is_refused_by_database

CONNECT_TIMEOUT_SECONDS = 10
LOCK_TIMEOUT_SECONDS = 60
# A machine that vanishes closes no connection. Both sides then notice within a minute: this one
# ends with an error, and the server gives up what the session held, its locks for one.
_IDLE_SECONDS, _INTERVAL_SECONDS, _PROBES = 30, 10, 3

_BAD_ADDRESS = (
    "DATABASE_URL is not a PostgreSQL address: expected "
    "postgresql://user:password@host:port/dbname, "
    "with signs such as @ : / ? # in the password percent-encoded"
)


@contextmanager
def long_session(database_url: str, *, purpose: str) -> Iterator[Connection]:
    """Connect to PostgreSQL without a deadline for statements.

    Waiting for another session's lock still ends, after `LOCK_TIMEOUT_SECONDS`.

    Parameters
    ----------
    database_url : str
        Address of the database; never repeated in an error.
    purpose : str
        What the session does, in one word; shown by ``pg_stat_activity``.

    Yields
    ------
    connection
        Closed afterwards; what was not committed is rolled back.

    Raises
    ------
    ConfigurationError
        If `database_url` is not an address that PostgreSQL understands.
    RatingStoreUnavailableError
        If the server does not answer, or is lost on the way.
    DatabaseSchemaError
        If a table is missing or may not be used.
    """
    connection = _connect(database_url, purpose)
    try:
        yield connection
    except (psycopg2.OperationalError, psycopg2.InterfaceError) as exc:
        raise RatingStoreUnavailableError(
            f"PostgreSQL gave up during the {purpose}: {_first_line(exc)}"
        ) from exc
    except psycopg2.ProgrammingError as exc:
        raise DatabaseSchemaError(f"PostgreSQL refused the {purpose}: {_first_line(exc)}") from exc
    finally:
        connection.close()


def _connect(database_url: str, purpose: str) -> Connection:
    try:
        parse_dsn(database_url)
    except psycopg2.ProgrammingError:
        # The parser's own message quotes the address, password included.
        raise ConfigurationError(_BAD_ADDRESS) from None
    try:
        return psycopg2.connect(
            database_url,
            connect_timeout=CONNECT_TIMEOUT_SECONDS,
            application_name=f"matinee-{purpose}",
            client_encoding="UTF8",
            options=f"-c lock_timeout={LOCK_TIMEOUT_SECONDS}s -c statement_timeout=0 "
            f"-c tcp_keepalives_idle={_IDLE_SECONDS} "
            f"-c tcp_keepalives_interval={_INTERVAL_SECONDS} -c tcp_keepalives_count={_PROBES}",
            keepalives_idle=_IDLE_SECONDS,
            keepalives_interval=_INTERVAL_SECONDS,
            keepalives_count=_PROBES,
        )
    except psycopg2.OperationalError as exc:
        if _may_quote_password(database_url):
            raise ConfigurationError(_BAD_ADDRESS) from None
        what = DATABASE_REFUSES if is_refused_by_database(exc) else "PostgreSQL"
        raise RatingStoreUnavailableError(f"{what}: {_first_line(exc)}") from exc


def _may_quote_password(database_url: str) -> bool:
    """Tell whether a part of the password may have been taken for the host, which errors name."""
    userinfo = database_url.partition("://")[2].rpartition("@")[0]
    return userinfo.count(":") > 1 or any(sign in userinfo for sign in "@/?#[]")


def _first_line(error: psycopg2.Error) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
