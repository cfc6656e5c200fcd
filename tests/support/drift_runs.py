"""Stand-ins for what a drift run leans on."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from matinee.domain.runs import RunStatus
from matinee.stores.drift_reports import DriftOutcome, DriftReport
from tests.support.runs import REQUESTED_AT, MemoryRuns

RATING_MEASURE: dict[str, Any] = {
    "name": "rating",
    "kind": "column",
    "verdict": "drift",
    "threshold": 0.2,
    "counted": "ratings",
    "explanation": "The distribution of stars differs by a PSI of 0.340.",
    "n": 900,
    "n_needed": 500,
    "value": None,
    "reference": None,
    "score": 0.34,
    "chance": 0.02,
}

OUTCOME = DriftOutcome(
    since_at=datetime(2024, 1, 30, tzinfo=UTC),
    until_at=datetime(2024, 2, 29, tzinfo=UTC),
    model_version="20240101T000000Z-abcdef01",
    verdict="drift",
    summary="The distribution of stars differs by a PSI of 0.340.",
    counts={"ratings": 900, "users": 90, "movies": 70, "lists": 40},
    measures=[RATING_MEASURE],
    training={"requested": True, "reason": "drift: rating 0.340 > 0.2", "event_id": "drift-1"},
)


def outcome_of(score: float | None, **changes: Any) -> DriftOutcome:
    """Return an outcome whose one measure has this score."""
    return replace(OUTCOME, measures=[RATING_MEASURE | {"score": score}], **changes)


def new_report(**changes: Any) -> DriftReport:
    """Return a report that is only asked for."""
    unknown = dict.fromkeys(DriftReport.__slots__)
    return DriftReport(
        **unknown
        | {
            "run_id": uuid.uuid4(),
            "status": RunStatus.QUEUED,
            "parameters": {},
            "requested_at": REQUESTED_AT,
        }
        | changes
    )


def finished_report(outcome: DriftOutcome = OUTCOME, **changes: Any) -> DriftReport:
    """Return a report that is there."""
    found = {name: getattr(outcome, name) for name in DriftOutcome.__slots__}
    ended = {"status": RunStatus.SUCCEEDED, "finished_at": REQUESTED_AT}
    return new_report(**found | ended | changes)


@dataclass
class MemoryReports(MemoryRuns[DriftReport]):
    """`DriftReportStore` in a dictionary; `now` is the time that only tests move."""

    now: datetime = REQUESTED_AT
    claims: dict[uuid.UUID, datetime] = field(default_factory=dict)

    def new(self, **changes: Any) -> DriftReport:
        return new_report(**changes)

    def add(self, *reports: DriftReport) -> None:
        self.runs |= {report.run_id: report for report in reports}

    def succeed(self, run_id: uuid.UUID, outcome: DriftOutcome) -> None:
        self._change(
            run_id,
            status=RunStatus.SUCCEEDED,
            finished_at=self.now,
            **{name: getattr(outcome, name) for name in DriftOutcome.__slots__},
        )

    def finished(self, *, limit: int, until: datetime | None = None) -> list[DriftReport]:
        found = [
            report
            for report in self.runs.values()
            if report.status is RunStatus.SUCCEEDED and (not until or report.requested_at <= until)
        ]
        return sorted(found, key=lambda report: report.requested_at, reverse=True)[:limit]

    def last_ended(self, *statuses: RunStatus) -> DriftReport | None:
        ended = [run for run in self.runs.values() if run.status in statuses and run.finished_at]
        return max(ended, key=lambda run: run.finished_at or REQUESTED_AT, default=None)

    def count_by_verdict(self) -> dict[str, int]:
        return dict(Counter(run.verdict for run in self.runs.values() if run.verdict))

    def claim_training(self, run_id: uuid.UUID, *, period_hours: float) -> bool:
        earliest = self.now - timedelta(hours=period_hours)
        if any(at > earliest for claimed, at in self.claims.items() if claimed != run_id):
            return False
        self.claims[run_id] = self.now
        return True

    def release_training(self, run_id: uuid.UUID) -> None:
        del self.claims[run_id]

    def older_than(self, max_age_days: float, *, limit: int = 1000) -> list[uuid.UUID]:
        earliest = self.now - timedelta(days=max_age_days)
        old = [run_id for run_id, run in self.runs.items() if run.requested_at < earliest]
        return old[:limit]

    def delete(self, run_ids: Sequence[uuid.UUID]) -> None:
        for run_id in run_ids:
            del self.runs[run_id]
