"""What the pages read of answers about the service, its models and drift."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class ModelCard:
    """The version that serves."""

    version: str
    genres: list[str]


@dataclass(frozen=True)
class Readiness:
    """Each part that lists need, "ok" or what is wrong."""

    ready: bool
    model: str
    database: str


@dataclass(frozen=True)
class Traffic:
    """Lists made in a span of time."""

    lists: int
    median_ms: float | None
    p95_ms: float | None
    strategies: dict[str, int]
    fallback_share: float | None


@dataclass(frozen=True)
class TrafficBucket(Traffic):
    """A part of the window."""

    start: datetime
    environment_starts: int


@dataclass(frozen=True)
class EnvironmentStart:
    """An execution environment that began to serve."""

    function: str
    started_at: datetime
    start_seconds: float


@dataclass(frozen=True)
class Activity:
    """What the service did lately."""

    since: datetime
    until: datetime
    total: Traffic
    buckets: list[TrafficBucket]
    environment_starts: list[EnvironmentStart]


@dataclass(frozen=True)
class ModelVersion:
    """A trained version."""

    version: str
    is_champion: bool
    created_at: datetime
    rater: str
    ranker: str
    data_fingerprint: str
    n_ratings: int
    n_users: int
    n_items: int
    metrics: dict[str, float]
    git_revision: str | None
    rater_parameters: dict[str, Any]
    ranker_parameters: dict[str, Any]
    snapshot_at: datetime
    mlflow_run_id: str | None
    promoted: bool | None
    decision: str | None


@dataclass(frozen=True)
class Models:
    """All versions, newest first."""

    champion: str | None
    previous: str | None
    promoted_at: datetime | None
    promotion_reason: str | None
    models: list[ModelVersion]


@dataclass(frozen=True)
class Champion:
    """What serves after a change."""

    version: str
    previous: str | None


@dataclass(frozen=True)
class TrainingRun:
    """A training, done or under way."""

    run_id: str
    status: str
    step: str | None
    reason: str | None
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    model_version: str | None
    promoted: bool | None
    decision: str | None
    mlflow_run_id: str | None
    error: str | None


@dataclass(frozen=True)
class TrainingRuns:
    """Runs, newest first."""

    runs: list[TrainingRun]


@dataclass(frozen=True)
class TrendPoint:
    """What an earlier drift report found."""

    at: datetime
    value: float | None
    score: float | None
    verdict: str


@dataclass(frozen=True)
class Measure:
    """One measure of a drift report."""

    name: str
    kind: str
    verdict: str
    value: float | None
    reference: float | None
    score: float | None
    threshold: float
    n: int
    n_needed: int
    explanation: str
    trend: list[TrendPoint] = field(default_factory=list)


@dataclass(frozen=True)
class TrainingRequested:
    """Whether a drift report asked for a training."""

    requested: bool
    reason: str


@dataclass(frozen=True)
class DriftReport:
    """How current ratings and lists compare with the champion's."""

    report_id: str
    status: str
    reason: str | None
    requested_at: datetime
    finished_at: datetime | None
    since: datetime | None
    until: datetime | None
    model_version: str | None
    verdict: str | None
    summary: str | None
    counts: dict[str, int] | None
    measures: list[Measure] | None
    training: TrainingRequested | None
    error: str | None


@dataclass(frozen=True)
class DriftReports:
    """Reports, newest first."""

    reports: list[DriftReport]
