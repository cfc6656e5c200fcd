"""A little of everything that dashboards show: import, training, good requests and bad ones."""

from __future__ import annotations

import csv
from pathlib import Path

from tests.support.drifting import measured, ratings_arrive, send_lists, training_ended
from tests.support.small_ratings import N_MOVIES, N_USERS
from tests.support.stack import Stack
from tests.support.waiting import wait_until

QUICK = {"parameters": {"n_epochs": 2, "n_factors": 2}}
STAGE = "local"


def write_ratings(path: Path) -> Path:
    """Write a CSV with a pattern that a model must find, and a few rows that are no ratings."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["user", "movie", "rating", "time"])
        for user_id in range(1, N_USERS + 1):
            liked = [movie for movie in range(2, N_MOVIES + 1) if (movie + user_id) % 2 == 0]
            for second, movie_id in enumerate(liked[user_id % 5 :: 2]):
                writer.writerow([user_id, movie_id, 3 + user_id % 5 / 2, 1_000_000 + second])
        writer.writerows([[1, 2, 9, 1_000_000], ["x", 2, 3, 1_000_000]])
    return path


def ask_for_everything(stack: Stack) -> None:
    """Train, and send what people send; some of it is wrong."""
    assert stack.trained(**QUICK)["status"] == "succeeded"
    wait_until(lambda: stack.http.get("/ready").status_code == 200)
    for user_id in (1, 2, 3, 99_999):
        stack.recommend(user_id)
    stack.http.post("/predict/from-ratings", json={"ratings": [{"movie_id": 2, "rating": 5}]})
    stack.http.post("/predict/batch", json={"user_ids": [1, 2]})
    stack.http.post("/ratings", json={"user_id": 2, "movie_id": 4, "rating": 5})
    for path in ("/predict/1/2", "/movies?query=2", "/movies/999999", "/model", "/drift/latest"):
        stack.http.get(path)


def ask_while_services_are_down(stack: Stack) -> None:
    """Let PostgreSQL go, then S3: fallbacks, errors, a champion that cannot be looked for."""
    try:
        stack.postgres.cut()
        for user_id in (1, 2, 3, 4, 5, 99_999):
            stack.recommend(user_id)
        for _ in range(3):
            stack.http.post("/ratings", json={"user_id": 2, "movie_id": 4, "rating": 5})
        stack.restore()
        stack.s3.cut()
        for user_id in (1, 2):
            stack.recommend(user_id)
    finally:
        stack.restore()


def let_ratings_drift(stack: Stack, database: str) -> None:
    """Let everybody turn to what nobody liked; drift is found and a training started."""
    send_lists(stack)
    ratings_arrive(database, stars=0.5)
    report = measured(stack)
    assert report["verdict"] == "drift"
    training_ended(stack, report)
