"""Stand-ins for what a training run leans on."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from matinee.domain.runs import RunStatus
from matinee.stores.training_runs import TrainingOutcome, TrainingRun

REQUESTED_AT = datetime(2024, 2, 29, tzinfo=UTC)


@dataclass
class FakeRunStore:
    """`TrainingRunStore` in a dictionary."""

    runs: dict[uuid.UUID, TrainingRun] = field(default_factory=dict)
    steps: list[str] = field(default_factory=list)

    def request(
        self, parameters: Mapping[str, Any], *, event_id: str | None, reason: str | None
    ) -> tuple[TrainingRun, bool]:
        for run in self.runs.values():
            if event_id is not None and run.event_id == event_id:
                return run, False
        run = new_run(
            event_id=event_id,
            reason=reason,
            parameters=dict(parameters),
            requested_at=REQUESTED_AT + timedelta(seconds=len(self.runs)),
        )
        self.runs[run.run_id] = run
        return run, True

    def get(self, run_id: uuid.UUID) -> TrainingRun | None:
        return self.runs.get(run_id)

    def latest(self, *, limit: int) -> list[TrainingRun]:
        return list(reversed(self.runs.values()))[:limit]

    def running(self) -> TrainingRun | None:
        running = [run for run in self.runs.values() if run.status is RunStatus.RUNNING]
        return running[-1] if running else None

    def start(self, run_id: uuid.UUID) -> None:
        self._change(run_id, status=RunStatus.RUNNING, started_at=REQUESTED_AT)

    def note_step(self, run_id: uuid.UUID, step: str) -> None:
        self.steps.append(step)
        self._change(run_id, step=step)

    def succeed(self, run_id: uuid.UUID, outcome: TrainingOutcome) -> None:
        self._change(
            run_id,
            status=RunStatus.SUCCEEDED,
            model_version=outcome.model_version,
            metrics=dict(outcome.metrics),
            promoted=outcome.promoted,
            decision=outcome.decision,
            mlflow_run_id=outcome.mlflow_run_id,
        )

    def fail(self, run_id: uuid.UUID, error: str) -> None:
        self._change(run_id, status=RunStatus.FAILED, error=error)

    def refuse(self, run_id: uuid.UUID, error: str) -> None:
        if self.runs[run_id].status is RunStatus.QUEUED:
            self._change(run_id, status=RunStatus.REFUSED, error=error)

    def _change(self, run_id: uuid.UUID, **changes: Any) -> None:
        self.runs[run_id] = replace(self.runs[run_id], **changes)


@dataclass
class FakeLock:
    """The training lock; somebody else holds it while `is_taken`."""

    is_taken: bool = False

    @contextmanager
    def __call__(self) -> Iterator[Any]:
        yield None if self.is_taken else self

    def check(self) -> None:
        assert not self.is_taken


def new_run(**changes: Any) -> TrainingRun:
    """Return a queued run."""
    run = TrainingRun(
        run_id=uuid.uuid4(),
        event_id=None,
        status=RunStatus.QUEUED,
        step=None,
        reason=None,
        parameters={"algorithm": "SVD"},
        requested_at=REQUESTED_AT,
        started_at=None,
        finished_at=None,
        model_version=None,
        metrics=None,
        promoted=None,
        decision=None,
        mlflow_run_id=None,
        error=None,
    )
    return replace(run, **changes)


OUTCOME = TrainingOutcome(
    model_version="20240229T000000Z-abcdef01",
    metrics={"ranker.ndcg_at_10": 0.16},
    promoted=True,
    decision="the first model",
    mlflow_run_id=None,
)
