"""Thresholds and minima: each bad value is refused by name."""

from __future__ import annotations

import pytest

from drift_monitor.measures import MEASURES
from drift_monitor.measuring import Least
from drift_monitor.settings import DriftSettings
from matinee.errors import ConfigurationError

GOOD = {"DATABASE_URL": "postgresql://nowhere", "MODEL_BUCKET": "matinee-models"}


def read(**changes: str) -> DriftSettings:
    return DriftSettings.from_environment(GOOD | changes)


def test_settings_without_variables_are_the_documented_ones() -> None:
    settings = read(DRIFT_THRESHOLDS="")
    assert settings.thresholds == {name: facts.threshold for name, facts in MEASURES.items()}
    assert settings.least == Least(ratings=500, users=5, visits=100, lists=20)
    assert (settings.drift_training_period_hours, settings.drift_report_max_age_days) == (20, 90)


def test_thresholds_that_are_not_named_keep_their_defaults() -> None:
    thresholds = read(DRIFT_THRESHOLDS='{"rating": 0.5, "rmse": 1}').thresholds
    assert (thresholds["rating"], thresholds["rmse"]) == (0.5, 1)
    assert thresholds["genre"] == MEASURES["genre"].threshold
    assert list(thresholds) == list(MEASURES)


def test_minima_are_those_of_the_variables() -> None:
    settings = read(
        DRIFT_MIN_RATINGS="1", DRIFT_MIN_USERS="2", DRIFT_MIN_VISITS="3", DRIFT_MIN_LISTS="4"
    )
    assert settings.least == Least(ratings=1, users=2, visits=3, lists=4)


def test_unknown_measure_is_named_together_with_those_there_are() -> None:
    with pytest.raises(ConfigurationError, match="DRIFT_THRESHOLDS.*no measure ratings.*rmse"):
        read(DRIFT_THRESHOLDS='{"ratings": 0.5}')


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DRIFT_THRESHOLDS", '{"rating": -0.1}'),
        ("DRIFT_THRESHOLDS", '{"rating": 0}'),
        ("DRIFT_THRESHOLDS", '{"rating": "high"}'),
        ("DRIFT_THRESHOLDS", '{"rating": null}'),
        ("DRIFT_THRESHOLDS", '{"rating": NaN}'),
        ("DRIFT_THRESHOLDS", "[0.2]"),
        ("DRIFT_THRESHOLDS", "rating=0.2"),
        ("DRIFT_WINDOW_DAYS", "0"),
        ("DRIFT_MIN_RATINGS", "0"),
        ("DRIFT_MIN_USERS", "0"),
        ("DRIFT_MIN_VISITS", "-1"),
        ("DRIFT_MIN_LISTS", "many"),
        ("DRIFT_TRAINING_PERIOD_HOURS", "-1"),
        ("DRIFT_REPORT_MAX_AGE_DAYS", "0"),
        ("ASYNC_INVOKE", "perhaps"),
        ("REPORT_LINK_ENDPOINT_URL", "localhost:9000"),
    ],
)
def test_bad_value_is_refused_and_its_variable_named(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{name}: "):
        read(**{name: value})


@pytest.mark.parametrize(
    "changes",
    [
        {"DRIFT_TRAINING_PERIOD_HOURS": "2161"},
        {"DRIFT_REPORT_MAX_AGE_DAYS": "0.5"},
        {"DRIFT_TRAINING_PERIOD_HOURS": "49", "DRIFT_REPORT_MAX_AGE_DAYS": "2"},
    ],
)
def test_training_period_that_outlasts_the_reports_is_refused_and_both_are_named(
    changes: dict[str, str],
) -> None:
    with pytest.raises(ConfigurationError, match="REPORT_MAX_AGE_DAYS.*TRAINING_PERIOD_HOURS"):
        read(**changes)


def test_training_period_as_long_as_reports_are_kept_is_fine() -> None:
    settings = read(DRIFT_TRAINING_PERIOD_HOURS="48", DRIFT_REPORT_MAX_AGE_DAYS="2")
    assert settings.drift_training_period_hours == 48


@pytest.mark.parametrize(
    "name", ["DRIFT_WINDOW_DAYS", "DRIFT_TRAINING_PERIOD_HOURS", "DRIFT_REPORT_MAX_AGE_DAYS"]
)
@pytest.mark.parametrize("value", ["nan", "inf", "1e9"])
def test_span_of_time_that_fits_into_no_date_is_refused(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{name}: "):
        read(**{name: value})
