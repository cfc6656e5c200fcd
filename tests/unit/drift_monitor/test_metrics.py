"""What a run pushes."""

from __future__ import annotations

from prometheus_client import CollectorRegistry

from drift_monitor.measures import Finding
from drift_monitor.metrics import drift_metrics

FINDINGS = {
    "rating": Finding(900, 500, score=0.34, chance=0.01),
    "new_users": Finding(900, 500, value=0.5, reference=0.1, score=0.4, chance=0.01),
    "ndcg": Finding(2, 20),
}


def pushed(verdict: str = "drift", **reports: int) -> CollectorRegistry:
    thresholds = {"rating": 0.2, "new_users": 0.25, "ndcg": 0.5}
    return drift_metrics(FINDINGS, thresholds, verdict, seconds=1.5, reports=reports).registry


def value(registry: CollectorRegistry, name: str, **labels: str) -> float | None:
    return registry.get_sample_value(f"matinee_drift_{name}", labels)


def test_last_verdict_is_one_and_the_others_zero() -> None:
    registry = pushed("no_drift")
    verdicts = ("drift", "no_drift", "not_enough_data")
    assert [value(registry, "verdict", verdict=name) for name in verdicts] == [0, 1, 0]


def test_every_measure_has_its_threshold_and_what_was_found() -> None:
    registry = pushed()
    assert value(registry, "threshold", measure="new_users") == 0.25
    assert value(registry, "score", measure="new_users") == 0.4
    assert value(registry, "value", measure="new_users") == 0.5


def test_what_could_not_be_measured_is_absent_and_not_zero() -> None:
    registry = pushed()
    assert value(registry, "threshold", measure="ndcg") == 0.5
    assert value(registry, "score", measure="ndcg") is None
    assert value(registry, "value", measure="rating") is None


def test_reports_are_counted_over_all_runs_with_those_never_seen_at_zero() -> None:
    registry = pushed(drift=3, no_drift=7)
    counts = {
        name: value(registry, "reports", verdict=name)
        for name in ("drift", "no_drift", "not_enough_data")
    }
    assert counts == {"drift": 3, "no_drift": 7, "not_enough_data": 0}


def test_run_says_how_long_it_took_and_when_it_ended() -> None:
    registry = pushed()
    assert value(registry, "run_seconds") == 1.5
    assert (value(registry, "last_run_timestamp_seconds") or 0) > 1_700_000_000
