"""Training runs in PostgreSQL: a row for each, and the lock that lets one train at a time."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import psycopg2
from psycopg2.extensions import connection as Connection
from psycopg2.extras import Json

from matinee.errors import RatingStoreUnavailableError
from matinee.stores.database import Database
from matinee.stores.long_sessions import long_session

logger = logging.getLogger("matinee.stores.training_runs")

_COLUMNS = (
    "run_id, event_id, status, step, reason, parameters, requested_at, started_at, finished_at, "
    "model_version, metrics, promoted, decision, mlflow_run_id, error"
)
ENDED_WITHOUT_RESULT = "ended without a result: its process was stopped or lost"
# Any constant will do, as long as every version of Matinee takes the same one.
_TRAINING_LOCK = 0x4D_41_54_54_52_41_49


class RunStatus(StrEnum):
    """Where a run is; the last three are final."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REFUSED = "refused"


FINAL_STATUSES = (RunStatus.SUCCEEDED, RunStatus.FAILED, RunStatus.REFUSED)


@dataclass(frozen=True, slots=True)
class TrainingRun:
    """One row of `training_runs`."""

    run_id: uuid.UUID
    event_id: str | None
    status: RunStatus
    step: str | None
    reason: str | None
    parameters: dict[str, Any]
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    model_version: str | None
    metrics: dict[str, float] | None
    promoted: bool | None
    decision: str | None
    mlflow_run_id: str | None
    error: str | None


@dataclass(frozen=True, slots=True)
class TrainingOutcome:
    """What a run that succeeded leaves in its row."""

    model_version: str
    metrics: Mapping[str, float]
    promoted: bool
    decision: str
    mlflow_run_id: str | None


class TrainingRunStore:
    """Reads and writes the rows.

    Every method but `note_step` raises `RatingStoreUnavailableError` when PostgreSQL does not
    answer in time.

    Parameters
    ----------
    database : Database
        Where the rows are.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def request(
        self, parameters: Mapping[str, Any], *, event_id: str | None, reason: str | None
    ) -> tuple[TrainingRun, bool]:
        """Add a queued run, unless the event has one already.

        Parameters
        ----------
        parameters : mapping
            What to train, as JSON.
        event_id : str or None
            Id of the event that asks, where it has one.
        reason : str or None
            Why, for people.

        Returns
        -------
        run : TrainingRun
            The new run, or the one that the event started before.
        is_new : bool
            False for a repeated event.
        """
        run_id = uuid.uuid4()
        self._database.fetch(
            "INSERT INTO training_runs (run_id, event_id, status, reason, parameters) "
            "VALUES (%s, %s, 'queued', %s, %s) ON CONFLICT DO NOTHING",
            (str(run_id), event_id, reason, Json(dict(parameters))),
        )
        rows = self._database.fetch(
            f"SELECT {_COLUMNS} FROM training_runs WHERE run_id = %s OR event_id = %s",
            (str(run_id), event_id),
        )
        run = _run(rows[0])
        return run, run.run_id == run_id

    def get(self, run_id: uuid.UUID) -> TrainingRun | None:
        """Return a run, None when there is none with this id."""
        rows = self._database.fetch(
            f"SELECT {_COLUMNS} FROM training_runs WHERE run_id = %s", (str(run_id),)
        )
        return _run(rows[0]) if rows else None

    def latest(self, *, limit: int) -> list[TrainingRun]:
        """Return the runs asked for last, newest first."""
        rows = self._database.fetch(
            f"SELECT {_COLUMNS} FROM training_runs ORDER BY requested_at DESC LIMIT %s", (limit,)
        )
        return [_run(row) for row in rows]

    def running(self) -> TrainingRun | None:
        """Return the run that is under way, as far as its row knows."""
        rows = self._database.fetch(
            f"SELECT {_COLUMNS} FROM training_runs WHERE status = 'running' "
            "ORDER BY started_at DESC LIMIT 1"
        )
        return _run(rows[0]) if rows else None

    def last_ended(self, *statuses: RunStatus) -> TrainingRun | None:
        """Return the run that was the last to end in one of these ways."""
        rows = self._database.fetch(
            f"SELECT {_COLUMNS} FROM training_runs WHERE status = ANY(%s) "
            "AND finished_at IS NOT NULL ORDER BY finished_at DESC LIMIT 1",
            ([status.value for status in statuses],),
        )
        return _run(rows[0]) if rows else None

    def totals(self) -> dict[RunStatus, int]:
        """Count the runs that ended, by how."""
        rows = self._database.fetch("SELECT status, count(*) FROM training_runs GROUP BY status")
        numbers: dict[str, int] = dict(rows)
        return {status: numbers.get(status.value, 0) for status in FINAL_STATUSES}

    def start(self, run_id: uuid.UUID) -> None:
        """Mark a run as running; call it with the training lock held.

        Whoever holds the lock is the only one that trains, so any other row that still says
        `running` belongs to a process that is gone, and so does a row queued for longer than
        a platform keeps an event.
        """
        self._database.fetch(
            "UPDATE training_runs SET status = 'failed', finished_at = now(), "
            "error = %s WHERE run_id <> %s AND (status = 'running' OR "
            "(status = 'queued' AND requested_at < now() - interval '6 hours'))",
            (ENDED_WITHOUT_RESULT, str(run_id)),
        )
        self._database.fetch(
            "UPDATE training_runs SET status = 'running', started_at = now(), "
            # Another delivery of the event may have refused the run a moment ago.
            "finished_at = NULL, error = NULL WHERE run_id = %s",
            (str(run_id),),
        )

    def note_step(self, run_id: uuid.UUID, step: str) -> None:
        """Note what a run is doing; training goes on when this cannot be stored."""
        try:
            self._database.fetch(
                "UPDATE training_runs SET step = %s WHERE run_id = %s", (step, str(run_id))
            )
        except RatingStoreUnavailableError as error:
            logger.warning("step %s of run %s was not stored: %s", step, run_id, error)

    def succeed(self, run_id: uuid.UUID, outcome: TrainingOutcome) -> None:
        """Store the result of a run."""
        self._database.fetch(
            "UPDATE training_runs SET status = 'succeeded', finished_at = now(), step = NULL, "
            "model_version = %s, metrics = %s, promoted = %s, decision = %s, mlflow_run_id = %s "
            "WHERE run_id = %s",
            (
                outcome.model_version,
                Json(dict(outcome.metrics)),
                outcome.promoted,
                outcome.decision,
                outcome.mlflow_run_id,
                str(run_id),
            ),
        )

    def fail(self, run_id: uuid.UUID, error: str) -> None:
        """End a run as failed, and say why."""
        self._database.fetch(
            "UPDATE training_runs SET status = 'failed', finished_at = now(), error = %s "
            "WHERE run_id = %s",
            (error, str(run_id)),
        )

    def refuse(self, run_id: uuid.UUID, error: str) -> None:
        """End a queued run as refused, and say why; one that was begun meanwhile goes on."""
        self._database.fetch(
            "UPDATE training_runs SET status = 'refused', finished_at = now(), error = %s "
            "WHERE run_id = %s AND status = 'queued'",
            (error, str(run_id)),
        )


class TrainingLock:
    """The right to train, held by one process at a time.

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
                "the session that held the training lock was lost; nothing was published"
            ) from error


@contextmanager
def training_lock(database_url: str) -> Iterator[TrainingLock | None]:
    """Hold the right to train inside the block.

    Parameters
    ----------
    database_url : str
        Address of the database.

    Yields
    ------
    TrainingLock or None
        None when another process trains.

    Raises
    ------
    RatingStoreUnavailableError
        If PostgreSQL does not answer.
    """
    with long_session(database_url, purpose="training-lock") as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", (_TRAINING_LOCK,))
            (is_held,) = cursor.fetchone() or (False,)
        yield TrainingLock(connection) if is_held else None


def _run(row: tuple[Any, ...]) -> TrainingRun:
    run_id, event_id, status, *rest = row
    return TrainingRun(uuid.UUID(str(run_id)), event_id, RunStatus(status), *rest)
