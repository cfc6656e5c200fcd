"""What Prometheus learns of a drift run."""

from __future__ import annotations

import time
from collections.abc import Mapping

from drift_monitor.measures import Finding
from matinee.observability.run_metrics import RunMetrics

JOB = "matinee-drift"
VERDICTS = ("drift", "no_drift", "not_enough_data")


def drift_metrics(
    findings: Mapping[str, Finding],
    thresholds: Mapping[str, float],
    verdict: str,
    *,
    seconds: float,
    reports: Mapping[str, int],
) -> RunMetrics:
    """Build the metrics that docs/metrics.md describes."""
    metrics = RunMetrics()
    metrics.set_by(
        "matinee_drift_reports",
        "Drift reports that are kept, by verdict.",
        "verdict",
        {known: reports.get(known, 0) for known in VERDICTS},
    )
    metrics.set_by(
        "matinee_drift_verdict",
        "1 for the last verdict, 0 for the others.",
        "verdict",
        {known: float(known == verdict) for known in VERDICTS},
    )
    for figure in ("score", "value"):
        known = {name: getattr(found, figure) for name, found in findings.items()}
        metrics.set_by(
            f"matinee_drift_{figure}",
            f"The {figure} of each measure in the last report.",
            "measure",
            {name: number for name, number in known.items() if number is not None},
        )
    metrics.set_by(
        "matinee_drift_threshold",
        "The score above which each measure may be drift.",
        "measure",
        thresholds,
    )
    metrics.set("matinee_drift_run_seconds", "How long the last run took.", seconds)
    metrics.set("matinee_drift_last_run_timestamp_seconds", "When the last run ended.", time.time())
    return metrics
