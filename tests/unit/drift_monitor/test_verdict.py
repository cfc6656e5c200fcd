"""A score is drift above its threshold and above chance; too little data is never "no drift"."""

from __future__ import annotations

import pytest

from drift_monitor.measures import MEASURES, Finding
from drift_monitor.verdict import Judgement, judge_all, overall, reason_to_train, summary

THRESHOLDS = {name: facts.threshold for name, facts in MEASURES.items()}
COUNTS = {"ratings": 900, "users": 90, "movies": 70, "lists": 40}
NOTHING = dict.fromkeys(MEASURES, Finding(3, 500))
QUIET = Finding(900, 500, value=0.1, reference=0.1, score=0.01, chance=0.02)


def judged(**findings: Finding) -> list[Judgement]:
    """Judge; what is not named had too little data."""
    return judge_all(NOTHING | findings, THRESHOLDS)


def found(score: float, chance: float = 0.0) -> Finding:
    return Finding(900, 500, value=0.5, reference=0.1, score=score, chance=chance)


@pytest.mark.parametrize(
    ("score", "chance", "verdict"),
    [
        (0.3, 0.1, "drift"),
        (0.2, 0.1, "ok"),
        (0.1, 0.05, "ok"),
        (0.3, 0.3, "ok"),
        (0.3, 0.4, "ok"),
        (0.0, 0.0, "ok"),
    ],
)
def test_drift_takes_more_than_the_threshold_and_more_than_chance(
    score: float, chance: float, verdict: str
) -> None:
    (rating,) = judge_all({"rating": found(score, chance)}, {"rating": 0.2})
    assert rating.verdict == verdict
    assert ("by chance" in rating.explanation) == (score > 0.2 and chance >= score)


def test_finding_without_a_known_chance_goes_by_the_threshold() -> None:
    (rating,) = judge_all({"rating": Finding(900, 500, score=0.3)}, {"rating": 0.2})
    assert rating.verdict == "drift"


def test_measure_without_a_score_says_how_much_it_takes_or_what_else_is_missing() -> None:
    few, blocked = judge_all(
        {"hour": Finding(12, 50), "new_users": Finding(900, 500, obstacle="No times.")}, THRESHOLDS
    )
    assert (few.verdict, few.explanation) == (
        "not_enough_data",
        "12 visits are too few; it takes 50.",
    )
    assert (blocked.verdict, blocked.explanation) == ("not_enough_data", "No times.")


@pytest.mark.parametrize("name", MEASURES)
def test_every_measure_explains_itself_in_a_sentence(name: str) -> None:
    (one,) = judge_all({name: found(0.9)}, THRESHOLDS)
    assert one.verdict == "drift"
    assert one.explanation.endswith(".") and "None" not in one.explanation


def test_one_measure_that_drifts_is_drift() -> None:
    assert overall(judged(rating=QUIET, rmse=found(0.4))) == "drift"


@pytest.mark.parametrize("measures", [{}, {"fallbacks": QUIET}, {"coverage": QUIET, "hour": QUIET}])
def test_too_few_ratings_are_never_no_drift(measures: dict[str, Finding]) -> None:
    assert overall(judged(**measures)) == "not_enough_data"


def test_drift_of_lists_is_found_where_ratings_are_few() -> None:
    assert overall(judged(fallbacks=found(0.3))) == "drift"


def test_enough_ratings_without_drift_are_no_drift() -> None:
    assert overall(judged(rating=QUIET)) == "no_drift"


def test_reason_to_train_names_measures_scores_and_thresholds() -> None:
    reason = reason_to_train(judged(rating=found(0.34), genre=found(0.5), hour=QUIET))
    assert reason == "drift: rating 0.340 > 0.2, genre 0.500 > 0.2"


def test_fallbacks_alone_are_drift_that_no_training_mends() -> None:
    judgements = judged(fallbacks=found(0.3), rating=QUIET)
    assert (overall(judgements), reason_to_train(judgements)) == ("drift", None)
    both = reason_to_train(judged(fallbacks=found(0.3), rating=found(0.34)))
    assert both == "drift: rating 0.340 > 0.2"


def test_summary_of_drift_explains_what_drifted_and_nothing_else() -> None:
    text = summary(judged(rating=found(0.34), new_users=found(0.4), genre=QUIET), COUNTS)
    assert text == (
        "The distribution of stars differs by a PSI of 0.340. "
        "50.0% of the ratings are by new users; 10.0% is normal."
    )


def test_summary_of_too_little_data_says_how_little() -> None:
    assert summary(judged(), COUNTS) == "Too few to tell: 900 ratings of 90 users."
    lonely = COUNTS | {"ratings": 1, "users": 1}
    assert summary(judged(), lonely) == "Too few to tell: 1 rating of 1 user."


def test_summary_without_drift_says_how_many_measures_are_unknown() -> None:
    everything = judged(**dict.fromkeys(MEASURES, QUIET))
    alike = "900 ratings of 90 users look like what the model was trained on."
    assert summary(everything, COUNTS) == alike
    one = summary(judged(rating=QUIET), COUNTS)
    assert one == f"{alike} {len(MEASURES) - 1} measures had too little data."


def test_calibration_says_in_which_direction() -> None:
    more, fewer = (
        judge_all({"calibration": Finding(9, 5, value, 0.0, 0.5)}, THRESHOLDS)[0].explanation
        for value in (0.5, -0.5)
    )
    assert "0.50 stars more than" in more
    assert "0.50 stars fewer than" in fewer
