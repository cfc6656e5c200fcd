"""The public HTTP contract of the drift function."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator

from matinee.domain.runs import RunStatus
from matinee.stores.drift_reports import DriftReport


class DriftRequest(BaseModel):
    """What to measure; everything may be left out. Schedule events have this form too."""

    model_config = ConfigDict(extra="forbid")

    since: AwareDatetime | None = Field(
        default=None,
        description="First moment of the window, by arrival; in the past. Nothing is counted as "
        "current that the champion was trained on.",
    )
    reason: str | None = Field(default=None, max_length=500, description="Kept with the report.")
    event_id: str | None = Field(
        default=None, max_length=200, description="A repeated id starts nothing."
    )
    run_id: uuid.UUID | None = Field(
        default=None, description="Goes on with a queued run; the function sends it to itself."
    )
    source: str | None = Field(default=None, max_length=200, description="Who sends the event.")
    scheduled_at: datetime | None = Field(default=None, description="When the event was due.")

    @field_validator("since")
    @classmethod
    def _in_the_past(cls, since: datetime | None) -> datetime | None:
        # Who asks over HTTP is answered before anything is measured: later nobody would hear of it.
        if since is not None and since >= datetime.now(UTC):
            raise ValueError(f"{since.isoformat()} is not in the past")
        return since


class TrendPoint(BaseModel):
    """What an earlier report found."""

    at: datetime
    report_id: uuid.UUID
    model_version: str | None
    value: float | None
    score: float | None
    verdict: str


class MeasureView(BaseModel):
    """One measure."""

    name: str
    kind: Literal["column", "recommender"]
    verdict: Literal["ok", "drift", "not_enough_data"]
    value: float | None = Field(description="Of the current window.")
    reference: float | None = Field(description="What is normal.")
    score: float | None = Field(description="How far apart, in the threshold's unit.")
    threshold: float = Field(description="A score above it, and above chance, is drift.")
    chance: float | None = Field(description="The score that chance alone hardly ever exceeds.")
    n: int = Field(description="How many of `counted` there were.")
    n_needed: int
    counted: str = Field(description="What n counts.")
    explanation: str = Field(description="For people.")
    trend: list[TrendPoint] = Field(default_factory=list, description="Oldest first.")


class TrainingRequested(BaseModel):
    """Whether the report asked for a training."""

    requested: bool
    confirmed: bool = Field(
        default=True,
        description="False when the train function may have taken the request and did not say so.",
    )
    reason: str = Field(description="Why, or why not.")
    event_id: str | None = Field(description="Of the training run.")


class ReportView(BaseModel):
    """A drift report."""

    report_id: uuid.UUID
    event_id: str | None
    status: RunStatus
    reason: str | None
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    since: datetime | None = Field(description="First moment of the window, by arrival.")
    until: datetime | None
    model_version: str | None = Field(description="The champion whose ratings are the reference.")
    verdict: Literal["drift", "no_drift", "not_enough_data"] | None
    summary: str | None
    counts: dict[str, int] | None
    measures: list[MeasureView] | None
    training: TrainingRequested | None
    error: str | None

    @classmethod
    def of(cls, report: DriftReport, earlier: list[DriftReport] | None = None) -> Self:
        """Show a report, with what the earlier ones found."""
        trends = _trends(earlier or [])
        measures = report.measures
        return cls(
            report_id=report.run_id,
            since=report.since_at,
            until=report.until_at,
            measures=None
            if measures is None
            else [
                MeasureView(**measure, trend=trends.get(measure["name"], []))
                for measure in measures
            ],
            training=None if report.training is None else TrainingRequested(**report.training),
            **{
                name: getattr(report, name)
                for name in cls.model_fields.keys() & set(DriftReport.__slots__)
                if name not in ("measures", "training")
            },
        )


class DriftReply(ReportView):
    """The report, and how it is made."""

    mode: Literal["asynchronous", "inline", "repeated"] = Field(
        description="asynchronous: goes on after this reply, ask for it by its id; "
        "inline: was made before this reply; repeated: the event had started it before."
    )


class ReportsReply(BaseModel):
    """Reports, newest first."""

    reports: list[ReportView]


def _trends(reports: list[DriftReport]) -> dict[str, list[TrendPoint]]:
    """Return what reports found, by measure, oldest first."""
    trends: dict[str, list[TrendPoint]] = {}
    for report in sorted(reports, key=lambda report: report.requested_at):
        for measure in report.measures or []:
            point = TrendPoint(
                at=report.finished_at or report.requested_at,
                report_id=report.run_id,
                model_version=report.model_version,
                **_figures(measure),
            )
            trends.setdefault(measure["name"], []).append(point)
    return trends


def _figures(measure: dict[str, Any]) -> dict[str, Any]:
    return {name: measure[name] for name in ("value", "score", "verdict")}
