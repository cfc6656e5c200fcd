"""The public HTTP contract of what the service did lately."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field


class TrafficReply(BaseModel):
    """Lists made in a span of time; a share or duration of no lists is null."""

    lists: int
    median_ms: float | None
    p95_ms: float | None
    strategies: dict[str, int] = Field(description="Lists by strategy; none where zero.")
    fallback_share: float | None = Field(description="Part made while the database was down.")


class TrafficBucket(TrafficReply):
    """A part of the window."""

    start: datetime
    environment_starts: int


class EnvironmentStartReply(BaseModel):
    """An execution environment that began to serve."""

    environment_id: str
    function: str
    started_at: datetime
    start_seconds: float = Field(description="From its process' start until it could serve.")


class Activity(BaseModel):
    """Stored lists and environment starts of the last hours."""

    since: datetime
    until: datetime
    bucket_seconds: float
    total: TrafficReply
    buckets: list[TrafficBucket] = Field(description="Oldest first; empty ones included.")
    environment_starts: list[EnvironmentStartReply] = Field(
        description="Newest first, at most 500."
    )
