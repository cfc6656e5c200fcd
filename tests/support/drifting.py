"""Ratings that drift, and the run that finds out, on the stack of functions."""

from __future__ import annotations

from typing import Any

import psycopg2

from tests.support.small_ratings import N_USERS
from tests.support.stack import ENDED, Stack
from tests.support.waiting import wait_until

FEW_ARE_ENOUGH = {"DRIFT_MIN_RATINGS": "100", "DRIFT_MIN_LISTS": "10"}


def send_lists(stack: Stack) -> None:
    """Send everybody a list."""
    users = list(range(1, N_USERS + 1))
    stack.http.post("/predict/batch", json={"user_ids": users, "n": 10}).raise_for_status()


def ratings_arrive(database: str, stars: float) -> None:
    """Let every user rate five movies that nobody rates by habit: those of the other half."""
    connection = psycopg2.connect(database, connect_timeout=5)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO ratings (user_id, movie_id, rating, rated_at) "
                "SELECT u, m, %s, to_timestamp(2000000 + u * 86400) "
                "FROM generate_series(1, %s) u, generate_series(2, 11) m WHERE (m + u) %% 2 = 1",
                (stars, N_USERS),
            )
    finally:
        connection.close()


def measured(stack: Stack, **wanted: Any) -> Any:
    """Measure over HTTP and return the report once it is there."""
    answer = stack.http.post("/drift/", json=wanted)
    assert answer.status_code == 202, answer.text
    assert answer.json()["mode"] == "asynchronous"
    report_id = answer.json()["report_id"]
    wait_until(lambda: report_of(stack, report_id)["status"] in ENDED, seconds=60)
    return report_of(stack, report_id)


def report_of(stack: Stack, report_id: str) -> Any:
    """Return a report."""
    return stack.http.get(f"/drift/reports/{report_id}", params={"format": "json"}).json()


def run_of_event(stack: Stack, event_id: str) -> Any:
    """Return the training run that an event started, nothing before there is one."""
    runs = stack.http.get("/train/runs").json()["runs"]
    return next((run for run in runs if run["event_id"] == event_id), {})


def training_ended(stack: Stack, report: Any) -> Any:
    """Wait for the training that a report asked for, and return its run."""
    event_id = report["training"]["event_id"]
    wait_until(lambda: run_of_event(stack, event_id).get("status") in ENDED, seconds=60)
    return run_of_event(stack, event_id)
