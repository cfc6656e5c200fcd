"""What the service did lately."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from predictor.activity_schemas import Activity
from predictor.dependencies import Uses

router = APIRouter(tags=["status"])


@router.get("/activity")
async def show_activity(
    services: Uses,
    hours: Annotated[float, Query(gt=0, le=24 * 31, description="How far to look back.")] = 24,
    buckets: Annotated[int, Query(ge=1, le=200, description="Parts of equal length.")] = 24,
) -> Activity:
    """Return stored lists with durations, strategies and fallbacks, and environment starts."""
    raise NotImplementedError
