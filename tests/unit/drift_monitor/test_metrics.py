"""What a run pushes, whatever became of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, cast

import pytest
from prometheus_client import CollectorRegistry

from drift_monitor.metrics import DriftNews, drift_metrics
from matinee.domain.runs import RunStatus
from matinee.stores.drift_reports import DriftReport, DriftReportStore
from matinee.stores.pushgateway import Pushgateway
from tests.support.drift_runs import (
    RATING_MEASURE,
    MemoryReports,
    finished_report,
    new_report,
)
from tests.support.pushgateways import FakePushgateway, fake_pushgateway
from tests.support.runs import REQUESTED_AT

THRESHOLDS = {"rating": 0.2, "new_users": 0.25, "ndcg": 0.5}
MEASURES = [
    RATING_MEASURE,
    RATING_MEASURE | {"name": "new_users", "value": 0.5, "score": 0.4},
    RATING_MEASURE | {"name": "ndcg", "score": None},
]
GROUP = "/metrics/job/matinee-drift/stage/staging"
OLD_GROUP = "/metrics/job/matinee-predict/instance/gone"


def report_of(verdict: str = "drift") -> DriftReport:
    return finished_report(
        verdict=verdict,
        measures=MEASURES,
        started_at=REQUESTED_AT,
        finished_at=REQUESTED_AT + timedelta(seconds=90),
    )


def failed_report() -> DriftReport:
    return new_report(
        status=RunStatus.FAILED, error="no", finished_at=REQUESTED_AT + timedelta(days=1)
    )


def pushed(report: DriftReport | None, last: Any = "report", **reports: int) -> CollectorRegistry:
    return drift_metrics(
        last=report if last == "report" else last,
        measured=report,
        reports=reports,
        thresholds=THRESHOLDS,
    ).registry


def value(registry: CollectorRegistry, name: str, **labels: str) -> float | None:
    return registry.get_sample_value(f"matinee_drift_{name}", labels)


def outcomes(registry: CollectorRegistry) -> list[float | None]:
    names = ("succeeded", "failed")
    return [value(registry, "last_outcome", outcome=name) for name in names]


def test_last_verdict_is_one_and_the_others_zero() -> None:
    registry = pushed(report_of("no_drift"))
    verdicts = ("drift", "no_drift", "not_enough_data")
    assert [value(registry, "verdict", verdict=name) for name in verdicts] == [0, 1, 0]


def test_every_measure_has_its_threshold_and_what_was_found() -> None:
    registry = pushed(report_of())
    assert value(registry, "threshold", measure="new_users") == 0.25
    assert value(registry, "score", measure="new_users") == 0.4
    assert value(registry, "value", measure="new_users") == 0.5


def test_what_could_not_be_measured_is_absent_and_not_zero() -> None:
    registry = pushed(report_of())
    assert value(registry, "threshold", measure="ndcg") == 0.5
    assert value(registry, "score", measure="ndcg") is None
    assert value(registry, "value", measure="rating") is None


def test_reports_are_counted_over_all_runs_with_those_never_seen_at_zero() -> None:
    registry = pushed(report_of(), drift=3, no_drift=7)
    counts = {
        name: value(registry, "reports", verdict=name)
        for name in ("drift", "no_drift", "not_enough_data")
    }
    assert counts == {"drift": 3, "no_drift": 7, "not_enough_data": 0}


def test_report_says_how_long_it_took_and_when_it_was_there() -> None:
    registry = pushed(report_of())
    assert value(registry, "run_seconds") == 90
    assert value(registry, "last_run_timestamp_seconds") == REQUESTED_AT.timestamp() + 90


def test_run_that_failed_says_so_beside_what_was_found_last() -> None:
    registry = pushed(report_of(), failed_report())
    assert outcomes(registry) == [0, 1]
    assert value(registry, "verdict", verdict="drift") == 1
    assert value(registry, "last_run_timestamp_seconds") == REQUESTED_AT.timestamp() + 90
    assert outcomes(pushed(report_of())) == [1, 0]


def test_first_run_that_failed_has_no_verdict() -> None:
    registry = pushed(None, failed_report())
    assert (outcomes(registry), value(registry, "verdict", verdict="drift")) == ([0, 1], None)


@pytest.fixture
def gateway() -> Iterator[FakePushgateway]:
    """One that still has the metrics of an environment that is gone."""
    with fake_pushgateway() as gateway:
        gateway.put(OLD_GROUP, "old 1\n")
        gateway.pushed_at[OLD_GROUP] = 1
        yield gateway


def send(gateway: FakePushgateway, *reports: DriftReport) -> None:
    store = MemoryReports()
    store.add(*reports)
    news = DriftNews(
        Pushgateway(gateway.url, timeout_seconds=1),
        "staging",
        24,
        cast(DriftReportStore, store),
        THRESHOLDS,
    )
    news.send()


@pytest.mark.parametrize("last", [report_of(), failed_report()], ids=["succeeded", "failed"])
def test_every_run_pushes_its_stages_group_and_removes_those_of_environments_that_are_gone(
    gateway: FakePushgateway, last: DriftReport
) -> None:
    send(gateway, report_of(), last)
    assert set(gateway.groups) == {GROUP}
    text = gateway.groups[GROUP]
    assert 'matinee_drift_score{measure="rating"} 0.34' in text
    assert f'matinee_drift_last_outcome{{outcome="{last.status.value}"}} 1.0' in text


def test_pushgateway_that_fails_does_no_harm(gateway: FakePushgateway) -> None:
    gateway.status = 500
    send(gateway, report_of())
    assert set(gateway.groups) == {OLD_GROUP}
