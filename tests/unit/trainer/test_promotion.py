"""The rule that decides who serves."""

import math

import pytest

from trainer.promotion import HeadToHead, Tolerance, decide

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


def head_to_head(challenger: dict[str, float], noise: Tolerance | None = None) -> HeadToHead:
    """Judge against a champion with an NDCG@10 of 0.05 and an RMSE of 0.9."""
    champion = {"ranker.ndcg_at_10": 0.05, "rater.rmse": 0.9}
    return HeadToHead(100, 10, champion, champion | challenger, noise or Tolerance(0, 0))


@pytest.mark.parametrize(
    ("changes", "noise", "promote"),
    [
        pytest.param({"popularity.ndcg_at_10": 0.09}, None, True, id="below-popularity-by-chance"),
        pytest.param({"ranker.ndcg_at_10": 0.04}, None, False, id="worse-lists"),
        pytest.param({"ranker.ndcg_at_10": 0.04}, Tolerance(0.2, 0), True, id="lists-by-chance"),
        pytest.param({"rater.rmse": 0.95}, None, False, id="worse-stars"),
        pytest.param({"rater.rmse": 0.95}, Tolerance(0, 0.05), True, id="stars-by-chance"),
        pytest.param({"ranker.ndcg_at_10": math.nan}, None, False, id="no-figure"),
    ],
)
def test_challenger_is_compared_on_the_same_ratings_where_there_are_some(
    changes: dict[str, float], noise: Tolerance | None, promote: bool
) -> None:
    decision = decide(GOOD, GOOD, TOLERANCE, head_to_head(changes, noise))
    assert decision.promote is promote


def test_comparison_on_the_same_ratings_says_on_how_many() -> None:
    decision = decide(GOOD, GOOD, TOLERANCE, head_to_head({}))
    assert decision.reason.startswith("on 100 ratings of 10 users new to both: ")


def test_own_evaluations_do_not_matter_where_both_were_judged_on_the_same_ratings() -> None:
    champion = GOOD | {"ranker.ndcg_at_10": 0.5, "rater.rmse": 0.5}
    assert decide(champion, GOOD, TOLERANCE, head_to_head({})).promote


def test_challenger_below_popularity_in_its_own_evaluation_is_refused_whomever_it_beats() -> None:
    poor = GOOD | {"ranker.ndcg_at_10": 0.07}
    decision = decide(GOOD, poor, TOLERANCE, head_to_head({"ranker.ndcg_at_10": 0.2}))
    assert not decision.promote
    assert "popularity" in decision.reason
