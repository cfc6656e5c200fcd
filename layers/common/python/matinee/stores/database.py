"""One PostgreSQL connection for requests, in which nothing waits longer than a deadline."""

from __future__ import annotations

import logging
import select
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import psycopg2
from psycopg2 import errors, extensions

from matinee.errors import ConfigurationError, RatingStoreUnavailableError
from matinee.stores.refusals import DATABASE_REFUSES, is_refused_by_database

logger = logging.getLogger("matinee.database")

_PAUSE_AFTER_FAILURE_SECONDS = 1.0
# Nobody corrects a password within a second, and every attempt counts as one of a break-in.
_PAUSE_AFTER_REFUSAL_SECONDS = 30.0
_SETTLE_SECONDS = 0.1
_EVENTS = {extensions.POLL_READ: select.POLLIN, extensions.POLL_WRITE: select.POLLOUT}

_OF_THE_CONNECTION = (
    psycopg2.OperationalError,
    psycopg2.InterfaceError,
    RatingStoreUnavailableError,
)

Rows = list[tuple[Any, ...]]
Parameters = Sequence[object] | Mapping[str, object]
OnError = Callable[[str, bool], None]
"""Told why a statement did not succeed, and whether it may if it is sent again later."""


class Database:
    """Runs single statements, each a transaction of its own.

    The connection is asynchronous so that connecting and every statement obey the deadline even
    where the network swallows packets. A failure is followed by a pause in which callers are
    told at once, so that a dead database costs one timeout and not one for each request. The
    pause is longer after wrong credentials.

    Parameters
    ----------
    url : str
        ``postgresql://user:password@host:port/dbname``.
    timeout_seconds : float
        Limit of one call, connecting included.

    Raises
    ------
    ConfigurationError
        If the URL is malformed; it is not shown.
    """

    def __init__(self, url: str, *, timeout_seconds: float) -> None:
        self._url = _checked(url)
        self._timeout_seconds = timeout_seconds
        self._connection: Any = None
        self._pending: OnError | None = None
        self._pending_cursor: Any = None
        self._down_until = 0.0
        self._why_down = ""

    def fetch(self, statement: str, parameters: Parameters = ()) -> Rows:
        """Run a statement and return its rows.

        Parameters
        ----------
        statement : str
            Must be safe to run twice: it is repeated when the server closed an idle connection.
        parameters : sequence or mapping
            Values for its placeholders, by place or by name.

        Returns
        -------
        list of tuple
            Empty for statements that return none.

        Raises
        ------
        RatingStoreUnavailableError
            If PostgreSQL cannot be reached or does not answer in time.
        """
        deadline = self._deadline()
        was_open = self._connection is not None
        try:
            return self._run(statement, parameters, deadline)
        except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
            self._drop(error)
            if not was_open or time.monotonic() >= deadline:
                raise self._unavailable(error) from error
        try:
            return self._run(statement, parameters, deadline)
        except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
            self._drop(error)
            raise self._unavailable(error) from error

    def send(self, statement: str, parameters: Sequence[object], *, on_error: OnError) -> None:
        """Hand a statement to the server and do not wait for its outcome.

        Parameters
        ----------
        statement : str
            Returns no rows that anyone needs.
        parameters : sequence
            Values for its placeholders.
        on_error : callable
            Told at once, or during a later call, when the statement did not succeed: why, and
            whether it may if it is sent again later. It may also have come in all the same.
        """
        if self._connection is None:
            on_error("there is no connection to PostgreSQL", True)
            return
        try:
            self._settle(self._deadline())
            # psycopg2 gives a statement up whose cursor is gone, so it is kept until the outcome.
            self._pending_cursor = self._connection.cursor()
            self._pending_cursor.execute(statement, parameters)
            self._pending = on_error
        except (psycopg2.Error, RatingStoreUnavailableError) as error:
            self._drop(error)
            on_error(_reason(error), isinstance(error, _OF_THE_CONNECTION))

    def close(self) -> None:
        """Wait for what was sent, then close the connection."""
        if self._connection is not None:
            try:
                self._settle(time.monotonic() + self._timeout_seconds)
            except psycopg2.Error as error:
                self._drop(error)
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _run(self, statement: str, parameters: Parameters, deadline: float) -> Rows:
        if self._connection is None:
            self._connect(deadline)
        self._settle(deadline)
        cursor = self._connection.cursor()
        cursor.execute(statement, parameters)
        try:
            self._wait(deadline)
        except (errors.UndefinedTable, errors.UndefinedColumn) as error:
            raise RatingStoreUnavailableError(
                "PostgreSQL lacks Matinee's tables: run `matinee migrate`"
            ) from error
        return cursor.fetchall() if cursor.description else []

    def _connect(self, deadline: float) -> None:
        self._connection = psycopg2.connect(
            self._url,
            async_=True,
            application_name="matinee",
            # The server too gives up, so that abandoned statements do not pile up there.
            options=f"-c statement_timeout={int(self._timeout_seconds * 1000)}",
        )
        self._wait(deadline)

    def _settle(self, deadline: float) -> None:
        """Wait for the outcome of what was sent before, but not long: nobody asked for it."""
        if self._pending is None:
            return
        on_error = self._pending
        try:
            self._wait(min(deadline, time.monotonic() + _SETTLE_SECONDS))
        except (psycopg2.OperationalError, psycopg2.InterfaceError):
            raise
        except psycopg2.Error as error:
            on_error(_reason(error), False)
        self._pending = self._pending_cursor = None

    def _wait(self, deadline: float) -> None:
        poller = None
        while (state := self._connection.poll()) != extensions.POLL_OK:
            remaining_ms = (deadline - time.monotonic()) * 1000
            if poller is None:
                poller = select.poll()
            poller.register(self._connection.fileno(), _EVENTS[state])
            if remaining_ms <= 0 or not poller.poll(remaining_ms):
                raise psycopg2.OperationalError("there was no answer in time")

    def _deadline(self) -> float:
        now = time.monotonic()
        if now < self._down_until:
            raise RatingStoreUnavailableError(self._why_down)
        return now + self._timeout_seconds

    def _drop(self, error: Exception) -> None:
        connection, self._connection = self._connection, None
        pending, self._pending = self._pending, None
        self._pending_cursor = None
        if pending is not None:
            pending(_reason(error), True)
        if connection is not None:
            connection.close()

    def _unavailable(self, error: Exception) -> RatingStoreUnavailableError:
        pause, self._why_down = (
            (_PAUSE_AFTER_REFUSAL_SECONDS, DATABASE_REFUSES)
            if isinstance(error, psycopg2.Error) and is_refused_by_database(error)
            else (_PAUSE_AFTER_FAILURE_SECONDS, "PostgreSQL does not answer; the log says why")
        )
        self._down_until = time.monotonic() + pause
        # For operators alone: it names hosts and users.
        logger.error("PostgreSQL cannot be used: %s", _reason(error))
        return RatingStoreUnavailableError(self._why_down)


def _checked(url: str) -> str:
    try:
        parts = extensions.parse_dsn(url)
    except psycopg2.ProgrammingError:
        # Its message quotes the URL, and with it the password.
        raise ConfigurationError("DATABASE_URL is not a PostgreSQL URL") from None
    # A password with / or @ ends up here in part, and libpq's errors show these parts.
    if any("@" in parts.get(name, "") for name in ("host", "port", "dbname")):
        raise ConfigurationError("DATABASE_URL: percent-encode the password's @ and / in it")
    return url


def _reason(error: Exception) -> str:
    # libpq's messages name host, port and user, never the password; the first line says why.
    return str(error).strip().split("\n", 1)[0] or type(error).__name__
