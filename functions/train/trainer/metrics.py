"""What Prometheus learns of training runs, from the rows of all of them."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from matinee.artifacts.manifest import ArtifactManifest
from matinee.domain.runs import RunStatus
from matinee.errors import MatineeError
from matinee.observability.run_metrics import RunMetrics
from matinee.stores.pushgateway import Pushgateway
from matinee.stores.training_runs import TrainingRun, TrainingRunStore
from trainer.champion import Champions

logger = logging.getLogger("matinee.train.metrics")

JOB = "matinee-train"
_OUTCOMES = ("promoted", "not_promoted", "failed")


@dataclass(frozen=True, slots=True)
class TrainingReport:
    """Says how training goes, after each run; a report that cannot be made is only logged."""

    gateway: Pushgateway
    stage: str
    store: TrainingRunStore
    champions: Champions

    def send(self, step_seconds: Mapping[str, float]) -> None:
        """Push the totals of all runs and the times of the last one's steps."""
        try:
            metrics = training_metrics(
                totals=self.store.totals(),
                last=self.store.last_ended(RunStatus.SUCCEEDED, RunStatus.FAILED),
                last_trained=self.store.last_ended(RunStatus.SUCCEEDED),
                champion=self._champion(),
                step_seconds=step_seconds,
            )
        except Exception:  # whatever it is, the run itself is over
            logger.exception("no metrics of this training are pushed")
            return
        self.gateway.push(metrics.registry, job=JOB, grouping={"stage": self.stage})

    def _champion(self) -> ArtifactManifest | None:
        publisher = self.champions.publisher
        try:
            current = publisher.champion()
            return None if current is None else publisher.manifest(current[0].version)[0]
        except MatineeError as error:  # often the very reason why the run failed
            logger.warning("metrics of the champion are left out: %s", error)
            return None


def training_metrics(
    *,
    totals: Mapping[RunStatus, int],
    last: TrainingRun | None,
    last_trained: TrainingRun | None,
    champion: ArtifactManifest | None,
    step_seconds: Mapping[str, float],
) -> RunMetrics:
    """Build the metrics that docs/metrics.md describes."""
    metrics = RunMetrics()
    metrics.count_by(
        "matinee_training_runs_total",
        "Training runs that ended, by status.",
        "status",
        {status.value: number for status, number in totals.items()},
    )
    metrics.set_by(
        "matinee_training_step_seconds",
        "Time that each step of the last run took.",
        "step",
        step_seconds,
    )
    if last is not None:
        _add_last_run(metrics, last)
    metrics.set_by(
        "matinee_training_metric",
        "Quality of the version trained last, on ratings held out.",
        "metric",
        (last_trained and last_trained.metrics) or {},
    )
    if champion is not None:
        metrics.set_by(
            "matinee_champion_metric",
            "Quality of the version that serves, when it was trained.",
            "metric",
            champion.metrics,
        )
        metrics.set_by(
            "matinee_champion_created_timestamp_seconds",
            "When the version that serves was made.",
            "version",
            {champion.version: champion.created_at.timestamp()},
        )
    return metrics


def _add_last_run(metrics: RunMetrics, last: TrainingRun) -> None:
    outcome = _outcome(last)
    metrics.set_by(
        "matinee_training_last_outcome",
        "1 for how the last run ended, 0 for the others.",
        "outcome",
        {name: float(name == outcome) for name in _OUTCOMES},
    )
    if last.finished_at is None:
        return
    metrics.set(
        "matinee_training_last_finished_timestamp_seconds",
        "When the last run ended.",
        last.finished_at.timestamp(),
    )
    if last.started_at is not None:
        metrics.set(
            "matinee_training_last_duration_seconds",
            "How long the last run took.",
            (last.finished_at - last.started_at).total_seconds(),
        )


def _outcome(run: TrainingRun) -> str:
    if run.status is not RunStatus.SUCCEEDED:
        return "failed"
    return "promoted" if run.promoted else "not_promoted"
