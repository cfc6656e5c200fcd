"""Training runs in PostgreSQL: a row for each, and the lock that lets one train at a time."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg2.extras import Json

from matinee.domain.runs import RunStatus
from matinee.errors import RatingStoreUnavailableError
from matinee.stores.run_locks import RunLock, run_lock
from matinee.stores.run_rows import RunRows

logger = logging.getLogger("matinee.stores.training_runs")

# Any constant will do, as long as every version of Matinee takes the same one.
_TRAINING_LOCK = 0x4D_41_54_54_52_41_49

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


class TrainingRunStore(RunRows[TrainingRun]):
    """The rows of `training_runs`."""

    table = "training_runs"
    columns = (
        "run_id, event_id, status, step, reason, parameters, requested_at, started_at, "
        "finished_at, model_version, metrics, promoted, decision, mlflow_run_id, error"
    )

    def by_version(self, versions: Sequence[str]) -> dict[str, TrainingRun]:
        """Return the runs that made model versions, by version; others are left out."""
        runs = self._select("WHERE model_version = ANY(%s)", list(versions))
        return {run.model_version: run for run in runs if run.model_version}

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

    def totals(self) -> dict[RunStatus, int]:
        """Count the runs that ended, by how."""
        rows = self._database.fetch("SELECT status, count(*) FROM training_runs GROUP BY status")
        numbers: dict[str, int] = dict(rows)
        return {status: numbers.get(status.value, 0) for status in FINAL_STATUSES}

    def _run(self, row: tuple[Any, ...]) -> TrainingRun:
        run_id, event_id, status, *rest = row
        return TrainingRun(uuid.UUID(str(run_id)), event_id, RunStatus(status), *rest)


def training_lock(database_url: str) -> AbstractContextManager[RunLock | None]:
    """Hold the right to train inside the block; see `matinee.stores.run_locks.run_lock`."""
    return run_lock(database_url, key=_TRAINING_LOCK, purpose="training-lock")
