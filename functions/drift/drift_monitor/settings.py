"""Configuration of the drift function, read once from the environment on first use."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, Json, ValidationInfo, field_validator

from drift_monitor.measures import MEASURES
from drift_monitor.measuring import Least
from matinee.settings import AdminSettings, DatabaseSettings, MetricsSettings, ModelStoreSettings

_LEAST = Least()
_CENTURY_DAYS = 36_500
"""Longer spans do not fit into a date."""
Threshold = Annotated[float, Field(gt=0)]


class DriftSettings(DatabaseSettings, ModelStoreSettings, AdminSettings, MetricsSettings):
    """What the drift function needs to know."""

    drift_thresholds: Json[dict[str, Threshold]] = Field(default_factory=dict)
    """By measure; those that are not named keep their defaults."""
    drift_window_days: Annotated[float, Field(gt=0, le=_CENTURY_DAYS)] = 30
    drift_min_ratings: Annotated[int, Field(ge=1)] = _LEAST.ratings
    drift_min_users: Annotated[int, Field(ge=1)] = _LEAST.users
    drift_min_visits: Annotated[int, Field(ge=1)] = _LEAST.visits
    drift_min_lists: Annotated[int, Field(ge=1)] = _LEAST.lists
    drift_training_period_hours: Annotated[float, Field(ge=0, le=24 * _CENTURY_DAYS)] = 20
    """Less than a day: a daily run that begins a little earlier than the last is a day later."""
    drift_report_max_age_days: Annotated[float, Field(gt=0, le=_CENTURY_DAYS)] = Field(
        default=90, validate_default=True
    )
    report_link_endpoint_url: str | None = Field(default=None, pattern=r"^https?://")
    """Where whoever follows a link to a report finds the S3 server; the function's own if None."""
    train_function_name: str | None = None
    async_invoke: bool = True
    aws_lambda_function_name: str | None = None
    model_cache_dir: Path = Path("/tmp/matinee")

    @field_validator("drift_thresholds")
    @classmethod
    def _only_measures(cls, thresholds: dict[str, float]) -> dict[str, float]:
        if unknown := sorted(thresholds.keys() - MEASURES.keys()):
            raise ValueError(
                f"there is no measure {', '.join(unknown)}; there are {', '.join(MEASURES)}"
            )
        return thresholds

    @field_validator("drift_report_max_age_days")
    @classmethod
    def _outlasts_its_training(cls, days: float, info: ValidationInfo) -> float:
        # A report that is removed takes along that it had the training of the period.
        if days * 24 < info.data.get("drift_training_period_hours", 0):
            raise ValueError("must not be shorter than DRIFT_TRAINING_PERIOD_HOURS")
        return days

    @property
    def thresholds(self) -> dict[str, float]:
        """Return the threshold of every measure."""
        return {name: facts.threshold for name, facts in MEASURES.items()} | self.drift_thresholds

    @property
    def least(self) -> Least:
        """Return how much data is enough."""
        return Least(
            self.drift_min_ratings,
            self.drift_min_users,
            self.drift_min_visits,
            self.drift_min_lists,
        )


@cache
def get_settings() -> DriftSettings:
    """Return the settings of this execution environment."""
    return DriftSettings.from_environment()
