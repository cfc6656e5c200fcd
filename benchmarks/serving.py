"""A list of ten with reasons, against a bare hello and against the usual loop over all movies."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np

from benchmarks.hello import handler as hello_app_handler
from benchmarks.stack import Stack
from benchmarks.timing import median_ms
from matinee.stores.answers import Answer
from matinee.stores.ratings import StoredHistory
from predictor.api import create_handler
from predictor.services import Services, build_services
from predictor.settings import PredictSettings


class RatingsInMemory:
    """Histories as the database gave them once."""

    def __init__(self, histories: dict[int, StoredHistory]) -> None:
        self._histories = histories

    def histories(self, user_ids: Sequence[int], **_since: datetime) -> dict[int, StoredHistory]:
        """Return them; whether they are newer was asked when they were read."""
        return {user_id: self._histories[user_id] for user_id in user_ids}


class NoAnswers:
    """Keeps nothing."""

    def log(self, answer: Answer) -> None:
        """Forget the answer."""


def measure_serving(stack: Stack) -> dict[str, Any]:
    """Return milliseconds and ratios for the user with the median and with the longest history."""
    services = build_services(PredictSettings.from_environment())
    users = _users_by_history(stack)
    return {
        name: _measure_user(stack, services, user_id, n_rated)
        for name, (user_id, n_rated) in users.items()
    }


def _users_by_history(stack: Stack) -> dict[str, tuple[int, int]]:
    snapshot = stack.challenger.snapshot
    lengths = snapshot.histories.lengths
    order = np.argsort(lengths, kind="stable")
    rows = {"median history": order[len(order) // 2], "longest history": order[-1]}
    return {name: (int(snapshot.user_ids[row]), int(lengths[row])) for name, row in rows.items()}


def _measure_user(stack: Stack, services: Services, user_id: int, n_rated: int) -> dict[str, float]:
    snapshot_at = stack.challenger.snapshot.taken_at
    stored = services.ratings.histories([user_id], since=snapshot_at)
    in_memory: Any = replace(services, ratings=RatingsInMemory(stored), answers=NoAnswers())  # type: ignore[arg-type]
    event = http_event("POST", "/predict/", {"user_id": user_id})
    hello_handler: Any = hello_app_handler
    with_memory: Any = create_handler(in_memory)
    with_postgres: Any = create_handler(services)
    hello, hello_async = http_event("GET", "/"), http_event("GET", "/async")
    _check(with_postgres(event, None))
    hello_ms, async_ms, memory_ms, postgres_ms = median_ms(
        lambda: hello_handler(hello, None),
        lambda: hello_handler(hello_async, None),
        lambda: with_memory(event, None),
        lambda: with_postgres(event, None),
    )
    (loop_ms,) = median_ms(lambda: _loop(stack, user_id), rounds=5)
    return {
        "rated movies": n_rated,
        "hello ms": hello_ms,
        "async hello ms": async_ms,
        "list, stores in memory ms": memory_ms,
        "list, PostgreSQL ms": postgres_ms,
        "loop over algo.predict ms": loop_ms,
        "list / hello": memory_ms / hello_ms,
        "list / async hello": memory_ms / async_ms,
        "loop / list": loop_ms / memory_ms,
        "PostgreSQL adds ms": postgres_ms - memory_ms,
    }


def _loop(stack: Stack, user_id: int) -> list[tuple[float, int]]:
    """Predict every unseen movie with Surprise and sort, as tutorials do."""
    snapshot = stack.challenger.snapshot
    row = int(np.searchsorted(snapshot.user_ids, user_id))
    seen = set(snapshot.histories.of(row).item_indices.tolist())
    algorithm = stack.challenger.rater.surprise_algorithm
    stars = [
        (algorithm.predict(row, item).est, item)
        for item in range(snapshot.n_items)
        if item not in seen
    ]
    return sorted(stars, reverse=True)[:10]


def http_event(method: str, path: str, body: object = None) -> dict[str, Any]:
    """Return an event of the HTTP API, payload version 2.0."""
    return {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"content-type": "application/json", "host": "localhost"},
        "requestContext": {
            "http": {"method": method, "path": path, "sourceIp": "127.0.0.1"},
        },
        "body": None if body is None else json.dumps(body),
        "isBase64Encoded": False,
    }


def _check(reply: dict[str, Any]) -> None:
    assert reply["statusCode"] == 200, reply["body"]
    body = json.loads(reply["body"])
    assert body["strategy"] == "model" and len(body["items"]) == 10, body
