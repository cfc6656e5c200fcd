"""What the rows of every kind of run have in common: a status, an event, a beginning, an end."""

from __future__ import annotations

import uuid
from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Generic, TypeVar

from psycopg2.extras import Json

from matinee.domain.runs import RunStatus
from matinee.stores.database import Database

ENDED_WITHOUT_RESULT = "ended without a result: its process was stopped or lost"

RunT = TypeVar("RunT")


class RunRows(Generic[RunT]):
    """Reads and writes the rows of one table.

    Every method raises `RatingStoreUnavailableError` when PostgreSQL does not answer in time.

    Parameters
    ----------
    database : Database
        Where the rows are.
    """

    table: ClassVar[str]
    columns: ClassVar[str]

    def __init__(self, database: Database) -> None:
        self._database = database

    @abstractmethod
    def _run(self, row: tuple[Any, ...]) -> RunT:
        """Build a run from the columns of its row."""

    def request(
        self, parameters: Mapping[str, Any], *, event_id: str | None, reason: str | None
    ) -> tuple[RunT, bool]:
        """Add a queued run, unless the event has one already.

        Parameters
        ----------
        parameters : mapping
            What to do, as JSON.
        event_id : str or None
            Id of the event that asks, where it has one.
        reason : str or None
            Why, for people.

        Returns
        -------
        run : object
            The new run, or the one that the event started before.
        is_new : bool
            False for a repeated event.
        """
        run_id = str(uuid.uuid4())
        self._database.fetch(
            f"INSERT INTO {self.table} (run_id, event_id, status, reason, parameters) "
            "VALUES (%s, %s, 'queued', %s, %s) ON CONFLICT DO NOTHING",
            (run_id, event_id, reason, Json(dict(parameters))),
        )
        rows = self._database.fetch(
            f"SELECT {self.columns}, run_id FROM {self.table} WHERE run_id = %s OR event_id = %s",
            (run_id, event_id),
        )
        return self._run(rows[0][:-1]), str(rows[0][-1]) == run_id

    def get(self, run_id: uuid.UUID) -> RunT | None:
        """Return a run, None when there is none with this id."""
        found = self._select("WHERE run_id = %s", str(run_id))
        return found[0] if found else None

    def latest(self, *, limit: int) -> list[RunT]:
        """Return the runs asked for last, newest first."""
        return self._select("ORDER BY requested_at DESC LIMIT %s", limit)

    def running(self) -> RunT | None:
        """Return the run that is under way, as far as its row knows."""
        found = self._select("WHERE status = 'running' ORDER BY started_at DESC LIMIT 1")
        return found[0] if found else None

    def last_ended(self, *statuses: RunStatus) -> RunT | None:
        """Return the run that was the last to end in one of these ways."""
        found = self._select(
            "WHERE status = ANY(%s) AND finished_at IS NOT NULL ORDER BY finished_at DESC LIMIT 1",
            [status.value for status in statuses],
        )
        return found[0] if found else None

    def start(self, run_id: uuid.UUID) -> None:
        """Mark a run as running; call it with the lock of its kind held.

        Whoever holds the lock is the only one that runs, so any other row that still says
        `running` belongs to a process that is gone, and so does a row queued for longer than
        a platform keeps an event.
        """
        self._database.fetch(
            f"UPDATE {self.table} SET status = 'failed', finished_at = now(), "
            "error = %s WHERE run_id <> %s AND (status = 'running' OR "
            "(status = 'queued' AND requested_at < now() - interval '6 hours'))",
            (ENDED_WITHOUT_RESULT, str(run_id)),
        )
        self._database.fetch(
            f"UPDATE {self.table} SET status = 'running', started_at = now(), "
            # Another delivery of the event may have refused the run a moment ago.
            "finished_at = NULL, error = NULL WHERE run_id = %s",
            (str(run_id),),
        )

    def fail(self, run_id: uuid.UUID, error: str) -> None:
        """End a run as failed, and say why."""
        self._database.fetch(
            f"UPDATE {self.table} SET status = 'failed', finished_at = now(), error = %s "
            "WHERE run_id = %s",
            (error, str(run_id)),
        )

    def refuse(self, run_id: uuid.UUID, error: str) -> None:
        """End a queued run as refused, and say why; one that was begun meanwhile goes on."""
        self._database.fetch(
            f"UPDATE {self.table} SET status = 'refused', finished_at = now(), error = %s "
            "WHERE run_id = %s AND status = 'queued'",
            (error, str(run_id)),
        )

    def _select(self, rest: str, *parameters: object) -> list[RunT]:
        rows = self._database.fetch(f"SELECT {self.columns} FROM {self.table} {rest}", parameters)
        return [self._run(row) for row in rows]
