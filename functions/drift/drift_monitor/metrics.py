"""What a drift run pushes."""

from __future__ import annotations

import time
from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Gauge
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

from drift_monitor.verdict import Judgement

VERDICTS = ("drift", "no_drift", "not_enough_data")


def run_metrics(
    judgements: Mapping[str, Judgement],
    verdict: str,
    *,
    seconds: float,
    reports: Mapping[str, int],
) -> CollectorRegistry:
    """Return a registry that holds what one run found, and how many reports there are."""
    registry = CollectorRegistry()

    def gauge(name: str, text: str, *labels: str) -> Gauge:
        return Gauge(name, text, labels, registry=registry)

    verdicts = gauge("matinee_drift_verdict", "1 for the last verdict.", "verdict")
    for known in VERDICTS:
        verdicts.labels(known).set(known == verdict)
    scores = gauge("matinee_drift_score", "How far from the reference.", "measure")
    values = gauge("matinee_drift_value", "The figure of the current window.", "measure")
    thresholds = gauge("matinee_drift_threshold", "A score above it is drift.", "measure")
    for name, judged in judgements.items():
        thresholds.labels(name).set(judged.threshold)
        if judged.finding.score is not None:
            scores.labels(name).set(judged.finding.score)
        if judged.finding.value is not None:
            values.labels(name).set(judged.finding.value)
    gauge("matinee_drift_run_seconds", "How long the last run took.").set(seconds)
    gauge("matinee_drift_last_run_timestamp_seconds", "When the last run ended.").set(time.time())
    registry.register(_Reports({known: reports.get(known, 0) for known in VERDICTS}))
    return registry


class _Reports(Collector):
    """A counter whose values were counted elsewhere."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self._counts = counts

    def collect(self) -> list[CounterMetricFamily]:
        """Return the counter."""
        family = CounterMetricFamily(
            "matinee_drift_reports", "Reports made, by verdict.", labels=["verdict"]
        )
        for verdict, count in self._counts.items():
            family.add_metric([verdict], count)
        return [family]
