"""Stand-ins for what a training run leans on."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from matinee.domain.runs import RunStatus
from matinee.errors import RatingStoreUnavailableError
from matinee.stores.training_runs import TrainingOutcome, TrainingRun
from tests.support.runs import REQUESTED_AT, MemoryRuns


@dataclass
class FakeRunStore(MemoryRuns[TrainingRun]):
    """`TrainingRunStore` in a dictionary."""

    steps: list[str] = field(default_factory=list)
    is_down: bool = False

    def new(self, **changes: Any) -> TrainingRun:
        return new_run(**changes)

    def by_version(self, versions: Sequence[str]) -> dict[str, TrainingRun]:
        if self.is_down:
            raise RatingStoreUnavailableError("PostgreSQL does not answer")
        runs = self.runs.values()
        return {run.model_version: run for run in runs if run.model_version in versions}

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
    mlflow_run_id="5f0c",
)
