"""Drift runs in PostgreSQL: a row for each, and the lock that lets one measure at a time."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg2.extras import Json

from matinee.domain.runs import RunStatus
from matinee.stores.run_locks import RunLock, run_lock
from matinee.stores.run_rows import RunRows

# Any constant will do, as long as every version of Matinee takes the same one.
_DRIFT_LOCK = 0x4D_41_54_44_52_49_46

JsonObject = dict[str, Any]


@dataclass(frozen=True, slots=True)
class DriftReport:
    """One row of `drift_reports`."""

    run_id: uuid.UUID
    event_id: str | None
    status: RunStatus
    reason: str | None
    parameters: JsonObject
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    since_at: datetime | None
    until_at: datetime | None
    model_version: str | None
    verdict: str | None
    summary: str | None
    counts: dict[str, int] | None
    measures: list[JsonObject] | None
    training: JsonObject | None
    error: str | None


@dataclass(frozen=True, slots=True)
class DriftOutcome:
    """What a run that succeeded leaves in its row."""

    since_at: datetime
    until_at: datetime
    model_version: str
    verdict: str
    summary: str
    counts: Mapping[str, int]
    measures: Sequence[JsonObject]
    training: JsonObject


class DriftReportStore(RunRows[DriftReport]):
    """The rows of `drift_reports`."""

    table = "drift_reports"
    columns = (
        "run_id, event_id, status, reason, parameters, requested_at, started_at, finished_at, "
        "since_at, until_at, model_version, verdict, summary, counts, measures, training, error"
    )

    def succeed(self, run_id: uuid.UUID, outcome: DriftOutcome) -> None:
        """Store the result of a run."""
        self._database.fetch(
            "UPDATE drift_reports SET status = 'succeeded', finished_at = now(), since_at = %s, "
            "until_at = %s, model_version = %s, verdict = %s, summary = %s, counts = %s, "
            "measures = %s, training = %s WHERE run_id = %s",
            (
                outcome.since_at,
                outcome.until_at,
                outcome.model_version,
                outcome.verdict,
                outcome.summary,
                Json(dict(outcome.counts)),
                Json(list(outcome.measures)),
                Json(outcome.training),
                str(run_id),
            ),
        )

    def finished(self, *, limit: int, until: datetime | None = None) -> list[DriftReport]:
        """Return reports that have a verdict, newest first.

        Parameters
        ----------
        limit : int
            Most reports wanted.
        until : datetime, optional
            Leaves out those that were asked for later.

        Returns
        -------
        list of DriftReport
            Those of runs that succeeded.
        """
        return self._select(
            "WHERE status = 'succeeded' AND (%s::timestamptz IS NULL OR requested_at <= %s) "
            "ORDER BY requested_at DESC LIMIT %s",
            until,
            until,
            limit,
        )

    def count_by_verdict(self) -> dict[str, int]:
        """Return how many reports there are of each verdict."""
        rows = self._database.fetch(
            "SELECT verdict, count(*) FROM drift_reports WHERE verdict IS NOT NULL GROUP BY verdict"
        )
        return dict(rows)

    def claim_training(self, run_id: uuid.UUID, *, period_hours: float) -> bool:
        """Note that a report asks for a training, unless one of the period did; lock held.

        Parameters
        ----------
        run_id : UUID
            The report's.
        period_hours : float
            How long one request for a training lasts.

        Returns
        -------
        bool
            Whether this report may ask.
        """
        return bool(
            self._database.fetch(
                "UPDATE drift_reports SET training_requested_at = now() WHERE run_id = %s "
                "AND NOT EXISTS (SELECT FROM drift_reports WHERE run_id <> %s "
                "AND training_requested_at > now() - %s * interval '1 hour') RETURNING 1",
                (str(run_id), str(run_id), period_hours),
            )
        )

    def release_training(self, run_id: uuid.UUID) -> None:
        """Take back a claim whose training could not be started."""
        self._database.fetch(
            "UPDATE drift_reports SET training_requested_at = NULL WHERE run_id = %s",
            (str(run_id),),
        )

    def older_than(self, max_age_days: float, *, limit: int = 1000) -> list[uuid.UUID]:
        """Return the ids of ended runs that are older, oldest first."""
        rows = self._database.fetch(
            "SELECT run_id FROM drift_reports WHERE requested_at < now() - %s * interval '1 day' "
            "AND status NOT IN ('queued', 'running') ORDER BY requested_at LIMIT %s",
            (max_age_days, limit),
        )
        return [uuid.UUID(str(run_id)) for (run_id,) in rows]

    def delete(self, run_ids: Sequence[uuid.UUID]) -> None:
        """Delete runs."""
        self._database.fetch(
            "DELETE FROM drift_reports WHERE run_id = ANY(%s::uuid[])",
            ([str(run_id) for run_id in run_ids],),
        )

    def _run(self, row: tuple[Any, ...]) -> DriftReport:
        run_id, event_id, status, *rest = row
        return DriftReport(uuid.UUID(str(run_id)), event_id, RunStatus(status), *rest)


def drift_lock(database_url: str) -> AbstractContextManager[RunLock | None]:
    """Hold the right to measure inside the block; see `matinee.stores.run_locks.run_lock`."""
    return run_lock(database_url, key=_DRIFT_LOCK, purpose="drift-lock")
