"""The operators' half of the fake API: versions, trainings, drift, and how the service does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.support.fake_api import (
    NOW,
    REPORT_ID,
    RUN_ID,
    TOKEN,
    Answering,
    Asked,
    FakeApi,
    Reply,
    no_model,
    problem,
)

METRICS = {
    "ranker.ndcg_at_10": 0.17,
    "ranker.recall_at_10": 0.1,
    "ranker.coverage": 0.08,
    "popularity.ndcg_at_10": 0.08,
    "popularity.recall_at_10": 0.04,
    "popularity.coverage": 0.01,
    "rater_order.ndcg_at_10": 0.01,
    "rater_order.recall_at_10": 0.01,
    "rater_order.coverage": 0.02,
    "rater.rmse": 0.89,
    "rater.mae": 0.68,
}


def finished_report(verdict: str = "drift") -> dict[str, Any]:
    """Return a report with two measures and a trend."""
    trend = [
        {
            "at": (NOW - timedelta(days=3 - day)).isoformat(),
            "report_id": REPORT_ID,
            "model_version": "v2",
            "value": 0.1 * day,
            "score": 0.12 * day,
            "verdict": "drift" if day > 1 else "ok",
        }
        for day in range(3)
    ]
    common = {"chance": 0.05, "n_needed": 50, "counted": "ratings"}
    measures = [
        {
            "name": "new_users",
            "kind": "recommender",
            "verdict": "drift" if verdict == "drift" else "ok",
            "value": 0.31,
            "reference": 0.02,
            "score": 0.29,
            "threshold": 0.2,
            "n": 900,
            "explanation": "31.0% of the ratings are by new users; 2.0% is normal.",
            "trend": trend,
            **common,
        },
        {
            "name": "rating",
            "kind": "column",
            "verdict": "not_enough_data",
            "value": None,
            "reference": None,
            "score": None,
            "threshold": 0.2,
            "n": 4,
            "explanation": "4 ratings are too few; it takes 50.",
            "trend": [],
            **common,
        },
    ]
    return {
        "report_id": REPORT_ID,
        "event_id": None,
        "status": "succeeded",
        "reason": "by schedule",
        "requested_at": NOW.isoformat(),
        "started_at": NOW.isoformat(),
        "finished_at": NOW.isoformat(),
        "since": (NOW - timedelta(days=7)).isoformat(),
        "until": NOW.isoformat(),
        "model_version": "v2",
        "verdict": verdict,
        "summary": "31.0% of the ratings are by new users; 2.0% is normal.",
        "counts": {"ratings": 900, "users": 40, "movies": 300, "lists": 12},
        "measures": measures,
        "training": {"requested": True, "reason": "drift: new_users 0.29 > 0.2", "event_id": None},
        "error": None,
    }


def training_run(**changes: Any) -> dict[str, Any]:
    """Return a run that is under way."""
    run = {
        "run_id": RUN_ID,
        "event_id": None,
        "status": "running",
        "step": "fit ranker",
        "reason": "because",
        "parameters": {},
        "requested_at": NOW.isoformat(),
        "started_at": NOW.isoformat(),
        "finished_at": None,
        "model_version": None,
        "metrics": None,
        "promoted": None,
        "decision": None,
        "mlflow_run_id": None,
        "error": None,
    }
    return run | changes


def _admin(asked: Asked) -> Reply | None:
    if asked.token == TOKEN:
        return None
    return problem(401, "unauthorized", "the admin token is missing or wrong")


def _version(name: str, place: int, *, is_champion: bool) -> dict[str, Any]:
    metrics = {key: value - 0.005 * place for key, value in METRICS.items()}
    return {
        "version": name,
        "is_champion": is_champion,
        "created_at": (NOW - timedelta(days=place)).isoformat(),
        "git_revision": "0123456789abcdef",
        "rater": "SVD",
        "ranker": "SLIST",
        "rater_parameters": {"n_factors": 50 + place},
        "ranker_parameters": {"half_life": 10.0},
        "data_fingerprint": "feedbeef" * 8,
        "snapshot_at": NOW.isoformat(),
        "n_ratings": 100_004,
        "n_users": 671,
        "n_items": 9_066,
        "metrics": metrics,
        "run_id": RUN_ID,
        "mlflow_run_id": "abc123",
        "promoted": True,
        "decision": "the first model",
    }


def _models(fake: FakeApi, _asked: Asked) -> Reply:
    names = fake.versions if fake.has_model else ()
    return 200, {
        "champion": fake.champion if names else None,
        "previous": next((name for name in names if name != fake.champion), None),
        "promoted_at": NOW.isoformat() if names else None,
        "promotion_reason": "the first model" if names else None,
        "models": [
            _version(name, place, is_champion=name == fake.champion)
            for place, name in enumerate(names)
        ],
    }


def _promote(fake: FakeApi, asked: Asked) -> Reply:
    refused = _admin(asked)
    if refused is None:
        fake.champion = asked.path.split("/")[2]
    return refused or (200, _champion(fake))


def _roll_back(fake: FakeApi, asked: Asked) -> Reply:
    refused = _admin(asked)
    if refused is None:
        fake.champion = next(name for name in fake.versions if name != fake.champion)
    return refused or (200, _champion(fake))


def _champion(fake: FakeApi) -> dict[str, Any]:
    reason = "asked for by an administrator"
    promoted_at = NOW.isoformat()
    return {"version": fake.champion, "previous": None, "promoted_at": promoted_at} | {
        "reason": reason
    }


def _train(fake: FakeApi, asked: Asked) -> Reply:
    refused = _admin(asked)
    if refused:
        return refused
    if fake.run and fake.run["status"] == "running":
        if fake.run["event_id"] == asked.body["event_id"]:
            return 202, {**fake.run, "mode": "repeated"}
        return problem(409, "conflict", "another training is under way")
    fake.run = training_run(event_id=asked.body["event_id"], reason=asked.body["reason"])
    return 202, {**fake.run, "mode": "asynchronous"}


def _runs(fake: FakeApi, _asked: Asked) -> Reply:
    return 200, {"runs": [fake.run] if fake.run else []}


def _run(fake: FakeApi, _asked: Asked) -> Reply:
    return (200, fake.run) if fake.run else problem(404, "not_found", "there is no such run")


def _measure(fake: FakeApi, asked: Asked) -> Reply:
    refused = _admin(asked)
    if refused:
        return refused
    fake.report = finished_report()
    return 202, {**fake.report, "mode": "asynchronous"}


def _latest(fake: FakeApi, _asked: Asked) -> Reply:
    if fake.report is None:
        return problem(404, "not_found", "drift was never measured: POST /drift/ does")
    return 200, fake.report


def _reports(fake: FakeApi, _asked: Asked) -> Reply:
    return 200, {"reports": [fake.report] if fake.report else []}


def _report(fake: FakeApi, asked: Asked) -> Reply:
    if asked.query["format"] == "html":
        return 200, "<!doctype html><title>report</title><h1>Evidently</h1>"
    return _latest(fake, asked)


def _model(fake: FakeApi, _asked: Asked) -> Reply:
    body = {
        "version": fake.champion,
        "created_at": NOW.isoformat(),
        "promoted_at": NOW.isoformat(),
        "reason": "the first model",
        "previous": None,
        "git_revision": None,
        "genres": ["Action", "Animation", "Comedy", "Crime", "Drama", "Sci-Fi", "Thriller"],
        "data": {},
        "ranker": {},
        "rater": {},
        "metrics": {},
    }
    return no_model(fake) or (200, body)


def _ready(fake: FakeApi, _asked: Asked) -> Reply:
    state = {"ready": fake.has_model, "database": "ok"}
    return (200 if fake.has_model else 503), {**state, "model": "ok" if fake.has_model else "none"}


def _activity(fake: FakeApi, asked: Asked) -> Reply:
    count = int(asked.query["buckets"])
    seconds = float(asked.query["hours"]) * 3600 / count
    since = NOW - timedelta(seconds=seconds * count)
    traffic = {
        "lists": 4,
        "median_ms": 12.0,
        "p95_ms": 40.0,
        "strategies": {"model": 3, "fallback_snapshot": 1},
        "fallback_share": 0.25,
    }
    buckets = [
        {
            **traffic,
            "start": (since + timedelta(seconds=seconds * place)).isoformat(),
            "environment_starts": place % 2,
        }
        for place in range(count)
    ]
    start = {
        "environment_id": "a",
        "function": "predict",
        "started_at": NOW.isoformat(),
        "start_seconds": 1.4,
    }
    return 200, {
        "since": since.isoformat(),
        "until": NOW.isoformat(),
        "bucket_seconds": seconds,
        "total": {**traffic, "lists": 4 * count},
        "buckets": buckets,
        "environment_starts": [start],
    }


OPERATIONS: list[tuple[str, str, Answering]] = [
    ("GET", "/models", _models),
    ("POST", "/models/[^/]+/promote", _promote),
    ("POST", "/models/rollback", _roll_back),
    ("POST", "/train/?", _train),
    ("GET", "/train/runs", _runs),
    ("GET", "/train/runs/[^/]+", _run),
    ("POST", "/drift/?", _measure),
    ("GET", "/drift/latest", _latest),
    ("GET", "/drift/reports", _reports),
    ("GET", "/drift/reports/[^/]+", _report),
    ("GET", "/model", _model),
    ("GET", "/ready", _ready),
    ("GET", "/activity", _activity),
]
