"""What Prometheus learns of drift, from the rows of all runs after each of them."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from matinee.domain.runs import RunStatus
from matinee.observability.run_metrics import RunMetrics
from matinee.stores.drift_reports import DriftReport, DriftReportStore
from matinee.stores.pushgateway import Pushgateway

logger = logging.getLogger("matinee.drift.metrics")

JOB = "matinee-drift"
VERDICTS = ("drift", "no_drift", "not_enough_data")
_OUTCOMES = (RunStatus.SUCCEEDED, RunStatus.FAILED)


@dataclass(frozen=True, slots=True)
class DriftNews:
    """Tells Prometheus of drift after each run, and tidies up after environments that are gone."""

    gateway: Pushgateway
    stage: str
    group_max_age_hours: float
    store: DriftReportStore
    thresholds: Mapping[str, float]

    def send(self) -> None:
        """Push what the rows say; news that cannot be made are only logged."""
        # First, because old groups go whatever this run did.
        self.gateway.forget_environments(self.group_max_age_hours)
        try:
            metrics = drift_metrics(
                last=self.store.last_ended(*_OUTCOMES),
                measured=self.store.last_ended(RunStatus.SUCCEEDED),
                reports=self.store.count_by_verdict(),
                thresholds=self.thresholds,
            )
        except Exception:  # whatever it is, the run itself is over
            logger.exception("no metrics of this run are pushed")
            return
        self.gateway.push(metrics.registry, job=JOB, grouping={"stage": self.stage})


def drift_metrics(
    *,
    last: DriftReport | None,
    measured: DriftReport | None,
    reports: Mapping[str, int],
    thresholds: Mapping[str, float],
) -> RunMetrics:
    """Build the metrics that docs/metrics.md describes.

    `last` is the run that ended last, `measured` the last that did not fail.
    """
    metrics = RunMetrics()
    metrics.set_by(
        "matinee_drift_reports",
        "Drift reports that are kept, by verdict.",
        "verdict",
        {known: reports.get(known, 0) for known in VERDICTS},
    )
    metrics.set_by(
        "matinee_drift_threshold",
        "The score above which each measure may be drift.",
        "measure",
        thresholds,
    )
    if last is not None:
        metrics.set_by(
            "matinee_drift_last_outcome",
            "1 for how the last run ended, 0 for the other.",
            "outcome",
            {outcome.value: float(outcome is last.status) for outcome in _OUTCOMES},
        )
    if measured is not None:
        _add_report(metrics, measured)
    return metrics


def _add_report(metrics: RunMetrics, report: DriftReport) -> None:
    metrics.set_by(
        "matinee_drift_verdict",
        "1 for the last verdict, 0 for the others.",
        "verdict",
        {known: float(known == report.verdict) for known in VERDICTS},
    )
    for figure in ("score", "value"):
        known = {measure["name"]: measure[figure] for measure in report.measures or []}
        metrics.set_by(
            f"matinee_drift_{figure}",
            f"The {figure} of each measure in the last report.",
            "measure",
            {name: number for name, number in known.items() if number is not None},
        )
    if report.started_at is None or report.finished_at is None:
        return
    metrics.set(
        "matinee_drift_run_seconds",
        "How long the last report took.",
        (report.finished_at - report.started_at).total_seconds(),
    )
    metrics.set(
        "matinee_drift_last_run_timestamp_seconds",
        "When drift was measured last.",
        report.finished_at.timestamp(),
    )
