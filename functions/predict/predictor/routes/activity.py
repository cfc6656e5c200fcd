"""What the service did lately."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query

from matinee.domain.recommendation import FALLBACK_STRATEGIES
from matinee.stores.activity import Traffic, Window
from predictor.activity_schemas import Activity, EnvironmentStartReply, TrafficBucket, TrafficReply
from predictor.dependencies import Uses

router = APIRouter(tags=["status"])

_MOST_STARTS = 500


@router.get("/activity")
async def show_activity(
    services: Uses,
    hours: Annotated[float, Query(gt=0, le=24 * 31, description="How far to look back.")] = 24,
    buckets: Annotated[int, Query(ge=1, le=200, description="Parts of equal length.")] = 24,
) -> Activity:
    """Return stored lists with durations, strategies and fallbacks, and environment starts."""
    until = datetime.now(UTC)
    window = Window(until - timedelta(hours=hours), until, buckets)
    total, parts = services.activity.traffic(window)
    n_starts = services.activity.start_counts(window)
    return Activity(
        since=window.since,
        until=window.until,
        bucket_seconds=window.bucket.total_seconds(),
        total=TrafficReply(**_traffic_fields(total)),
        buckets=[
            TrafficBucket(**_traffic_fields(part), start=start, environment_starts=n)
            for part, start, n in zip(parts, window.starts, n_starts, strict=True)
        ],
        environment_starts=[
            EnvironmentStartReply.model_validate(start, from_attributes=True)
            for start in services.activity.latest_starts(window, limit=_MOST_STARTS)
        ],
    )


def _traffic_fields(traffic: Traffic) -> dict[str, Any]:
    n_fallbacks = sum(traffic.strategies.get(strategy, 0) for strategy in FALLBACK_STRATEGIES)
    return {
        "lists": traffic.n_lists,
        "median_ms": traffic.median_ms,
        "p95_ms": traffic.p95_ms,
        "strategies": traffic.strategies,
        "fallback_share": n_fallbacks / traffic.n_lists if traffic.n_lists else None,
    }
