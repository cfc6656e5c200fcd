"""Steps of a replay, made up, whose sums a reader can see."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from replay.measuring import ListScore, Quality
from replay.steps import DriftReport, ServedList, Serving, Step, Training
from replay.windows import Window

BEGIN = datetime(2000, 1, 1, tzinfo=UTC)
WEEK = timedelta(weeks=1)


def measure(name: str, score: float | None, verdict: str = "ok") -> dict[str, Any]:
    """Return a drift measure whose threshold is 0.2."""
    return {
        "name": name,
        "kind": "column",
        "verdict": verdict,
        "value": None,
        "reference": None,
        "score": score,
        "threshold": 0.2,
        "n": 100,
        "n_needed": 50,
        "explanation": f"The {name} did something.",
        "trend": [],
    }


def served(user_id: int, ndcg: float, first_ndcg: float, *, is_new: bool = False) -> ServedList:
    """Return a list with these figures."""
    return ServedList(
        user_id=user_id,
        is_new_user=is_new,
        strategy="popular" if is_new else "model",
        served=ListScore(ndcg, ndcg > 0),
        first=ListScore(first_ndcg, first_ndcg > 0),
    )


def training(*, promoted: bool, status: str = "succeeded") -> Training:
    """Return a training that drift asked for."""
    return Training(
        run_id="run-1",
        status=status,
        reason="drift: rating",
        model_version="v2",
        promoted=promoted,
        decision="NDCG@10 0.2 is not worse" if promoted else "NDCG@10 0.1 is below 0.2",
    )


def step(number: int, *, version: str = "v1", **changes: Any) -> Step:
    """Return one step of a week with two lists; `changes` are fields of `Step`."""
    fields: dict[str, Any] = {
        "window": Window(number, BEGIN + (number - 1) * WEEK, BEGIN + number * WEEK),
        "n_ratings": 100,
        "n_logged": 2,
        "serving": Serving(version, f"why {version} serves"),
        "served": Quality(ndcg=0.5, hit_rate=1.0, coverage=0.02, rmse=1.0),
        "first": Quality(ndcg=0.25, hit_rate=0.5, coverage=0.01, rmse=1.1),
        "lists": [served(1, 0.6, 0.5), served(2, 0.4, 0.0, is_new=True)],
        "drift": DriftReport("r1", "no_drift", "All is well.", [measure("rating", 0.1)]),
        "training": None,
        "seconds": 1.5,
    }
    return Step(**fields | changes)


def drifted(name: str = "rating") -> DriftReport:
    """Return a report in which one measure drifted, which started a training."""
    return DriftReport(
        report_id="r2",
        verdict="drift",
        summary=f"{name} drifted.",
        measures=[measure(name, 0.4, "drift"), measure("ndcg", None, "not_enough_data")],
        training_requested=True,
        training_event_id="drift-r2",
    )
