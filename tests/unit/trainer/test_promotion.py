"""The rule that decides who serves."""

import math

import pytest

from trainer.promotion import Tolerance, decide

GOOD = {"ranker.ndcg_at_10": 0.16, "rater.rmse": 0.88, "popularity.ndcg_at_10": 0.08}
TOLERANCE = Tolerance(ndcg_share=0.1, rmse_stars=0.01)


def test_first_model_is_promoted() -> None:
    assert decide(None, GOOD, TOLERANCE).promote


def test_equal_challenger_is_promoted_because_its_data_is_newer() -> None:
    assert decide(GOOD, GOOD, TOLERANCE).promote


@pytest.mark.parametrize(
    ("changes", "promote", "reason"),
    [
        pytest.param({"ranker.ndcg_at_10": 0.2}, True, "not worse", id="better-lists"),
        pytest.param({"ranker.ndcg_at_10": 0.145}, True, "not worse", id="lists-within-tolerance"),
        pytest.param({"ranker.ndcg_at_10": 0.143}, False, "NDCG@10", id="worse-lists"),
        pytest.param({"rater.rmse": 0.889}, True, "not worse", id="stars-within-tolerance"),
        pytest.param({"rater.rmse": 0.891}, False, "RMSE", id="worse-stars"),
        pytest.param(
            {"ranker.ndcg_at_10": 0.3, "rater.rmse": 1.2}, False, "RMSE", id="better-and-worse"
        ),
        pytest.param(
            {"popularity.ndcg_at_10": 0.17}, False, "popularity", id="worse-than-popularity"
        ),
    ],
)
def test_challenger_is_compared_with_the_champion(
    changes: dict[str, float], promote: bool, reason: str
) -> None:
    decision = decide(GOOD, GOOD | changes, TOLERANCE)
    assert decision.promote is promote
    assert reason in decision.reason


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("metric", GOOD)
def test_metric_that_is_not_finite_never_promotes(metric: str, value: float) -> None:
    assert not decide(None, GOOD | {metric: value}, TOLERANCE).promote


@pytest.mark.parametrize("metric", GOOD)
def test_missing_metric_never_promotes(metric: str) -> None:
    metrics = {name: value for name, value in GOOD.items() if name != metric}
    assert not decide(None, metrics, TOLERANCE).promote


def test_first_model_below_popularity_is_not_promoted() -> None:
    assert not decide(None, GOOD | {"ranker.ndcg_at_10": 0.05}, TOLERANCE).promote


def test_champion_without_metrics_has_nothing_to_defend() -> None:
    assert decide({}, GOOD, TOLERANCE).promote
