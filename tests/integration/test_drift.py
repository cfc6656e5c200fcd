"""From ratings that arrive to a report, metrics and a training, with real parts all the way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from matinee.stores.drift_reports import drift_lock
from tests.integration.conftest import RunningServices, fresh_database
from tests.support.drifting import (
    FEW_ARE_ENOUGH,
    measured,
    ratings_arrive,
    report_of,
    send_lists,
    training_ended,
)
from tests.support.small_ratings import N_USERS, store_ratings
from tests.support.stack import Stack, new_id, stack_of_its_own
from tests.support.waiting import wait_until

pytestmark = pytest.mark.integration

QUICK = {"parameters": {"n_epochs": 2, "n_factors": 2}}


@pytest.fixture(scope="module")
def database(services: RunningServices, migrated_template: str) -> Iterator[str]:
    with fresh_database(services.postgres, template=migrated_template) as url:
        store_ratings(url)
        yield url


@pytest.fixture(scope="module")
def stack(
    services: RunningServices, database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    """A stack with a champion, lists that were sent, and no ratings since."""
    folder = tmp_path_factory.mktemp("stack")
    with stack_of_its_own(services, database, folder, **FEW_ARE_ENOUGH) as stack:
        assert stack.trained(**QUICK)["promoted"] is True
        yield stack


def measure_of(report: Any, name: str) -> Any:
    return next(measure for measure in report["measures"] if measure["name"] == name)


def test_nothing_arrived_is_not_enough_data_and_starts_no_training(stack: Stack) -> None:
    report = measured(stack)
    assert report["status"] == "succeeded", report["error"]
    assert report["verdict"] == "not_enough_data"
    assert report["training"]["requested"] is False
    assert all(measure["score"] is None for measure in report["measures"])


def test_shift_is_found_explained_stored_and_trained_away_once(stack: Stack, database: str) -> None:
    send_lists(stack)
    ratings_arrive(database, stars=0.5)
    report = measured(stack, reason="a test")

    assert (report["verdict"], report["reason"]) == ("drift", "a test")
    assert measure_of(report, "rating")["verdict"] == "drift"
    assert measure_of(report, "calibration")["value"] > 2
    assert measure_of(report, "genre")["verdict"] == "ok"
    assert report["counts"] == {"ratings": 5 * N_USERS, "users": N_USERS, "movies": 10, "lists": 60}
    assert "stars" in report["summary"]

    page = stack.http.get(f"/drift/reports/{report['report_id']}")
    assert page.headers["content-type"].startswith("text/html")
    assert "Drift was found" in page.text and "plotly" in page.text

    assert report["training"]["requested"] is True
    run = training_ended(stack, report)
    assert run["reason"].startswith("drift: ") and "rating" in run["reason"]

    n_runs = len(stack.http.get("/train/runs").json()["runs"])
    again = measured(stack, since=report["since"])
    assert len(stack.http.get("/train/runs").json()["runs"]) == n_runs
    assert again["training"]["requested"] is False


def test_latest_report_shows_what_earlier_ones_found(stack: Stack) -> None:
    measured(stack)
    reports = stack.http.get("/drift/reports").json()["reports"]
    latest = stack.http.get("/drift/latest").json()
    assert latest["report_id"] == reports[0]["report_id"]
    trend = measure_of(latest, "rating")["trend"]
    finished = [report["report_id"] for report in reversed(reports)]
    assert [point["report_id"] for point in trend] == finished


def test_schedule_event_twice_makes_one_report(stack: Stack) -> None:
    event = json.dumps({"source": "matinee.schedule", "event_id": new_id()})
    before = len(stack.http.get("/drift/reports").json()["reports"])
    for _ in range(2):
        stack.send("local-drift", event)
    wait_until(lambda: stack.pending_events == 0, seconds=60)
    reports = stack.http.get("/drift/reports").json()["reports"]
    assert len(reports) == before + 1
    assert (reports[0]["status"], reports[0]["reason"]) == ("succeeded", "matinee.schedule")


def test_drift_without_s3_fails_by_name_and_leaves_the_reason(stack: Stack) -> None:
    stack.s3.cut()
    try:
        answer = stack.http.post("/drift/", json={})
        report_id = answer.json()["report_id"]
        wait_until(lambda: report_of(stack, report_id)["status"] == "failed", seconds=60)
        assert "champion.json cannot be read" in report_of(stack, report_id)["error"]
    finally:
        stack.s3.restore()


def test_lists_made_while_postgresql_was_away_are_measured_once_it_is_back(stack: Stack) -> None:
    send_lists(stack)
    stack.postgres.cut()
    try:
        assert stack.recommend()[1]["strategy"] == "fallback_snapshot"
        send_lists(stack)
    finally:
        stack.postgres.restore()
    wait_until(lambda: stack.recommend()[1]["strategy"] != "fallback_snapshot")
    send_lists(stack)  # takes those of the outage along
    fallbacks = measure_of(measured(stack), "fallbacks")
    assert fallbacks["value"] > 0.2
    assert fallbacks["verdict"] == "drift"


def test_second_run_at_once_is_refused(stack: Stack, database: str) -> None:
    with drift_lock(database) as lock:
        assert lock is not None
        answer = stack.http.post("/drift/", json={})
    assert answer.status_code == 409
    assert "another drift" in answer.json()["error"]["message"]
