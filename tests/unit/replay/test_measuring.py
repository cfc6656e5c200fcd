from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from matinee.artifacts.model import Model, load_model
from matinee.domain.recommendation import Strategy
from matinee.scoring.history import History
from matinee.scoring.rater import RatedUser
from predictor.histories import KnownUser
from replay.measuring import ListScore, Rated, judge, score_lists, star_error
from tests.support.models import GLOBAL_MEAN, ITEM_BIASES, build_version

STRANGER = KnownUser(RatedUser(History.empty()), Strategy.POPULAR)
# Without a history, the small model predicts the mean and the movie's own bias.
ALIEN_STARS = GLOBAL_MEAN + ITEM_BIASES[10]


@pytest.fixture
def model(tmp_path: Path) -> Model:
    build_version(tmp_path)
    return load_model(tmp_path / "v1")


def rated(**stars_by_movie: dict[int, float]) -> Rated:
    fields = np.dtype([("movie", "i8"), ("stars", "f4")])
    return {
        int(user.removeprefix("user_")): np.array(list(movies.items()), fields)
        for user, movies in stars_by_movie.items()
    }


def test_list_that_begins_with_all_that_was_rated_is_perfect() -> None:
    scores = score_lists({1: [10, 20, 30]}, rated(user_1={20: 5.0, 10: 0.5}), 3)
    assert scores == {1: ListScore(pytest.approx(1.0), True)}


def test_hit_further_down_counts_less_and_no_hit_nothing() -> None:
    scores = score_lists({1: [30, 10], 2: [30, 40]}, rated(user_1={10: 4}, user_2={10: 4}), 2)
    assert scores[1] == ListScore(pytest.approx(1 / np.log2(3)), True)
    assert scores[2] == ListScore(0.0, False)


def test_lists_of_nobody_have_no_score() -> None:
    assert score_lists({}, {}, 10) == {}


def test_star_error_is_that_of_the_model_for_what_was_rated(model: Model) -> None:
    error = star_error(model, {1: STRANGER}, rated(user_1={10: ALIEN_STARS - 0.5}))
    assert error == pytest.approx(0.5)


def test_star_error_leaves_out_movies_that_the_model_does_not_know(model: Model) -> None:
    users = {1: STRANGER, 2: STRANGER}
    arrived = rated(user_1={10: ALIEN_STARS - 0.5, 99: 1.0}, user_2={99: 1.0})
    assert star_error(model, users, arrived) == pytest.approx(0.5)
    assert star_error(model, users, rated(user_2={99: 1.0})) is None


def test_quality_is_the_mean_over_lists_and_what_they_show_of_the_catalogue(model: Model) -> None:
    lists = {1: [10, 20], 2: [10, 30]}
    arrived = rated(user_1={10: ALIEN_STARS}, user_2={40: 1.0})
    scores = score_lists(lists, arrived, 2)
    quality = judge(model, {1: STRANGER, 2: STRANGER}, lists, scores, rated(user_1={10: 4.0}))
    assert quality.ndcg == pytest.approx(0.5)
    assert quality.hit_rate == 0.5
    assert quality.coverage == pytest.approx(3 / 6)
    assert quality.rmse == pytest.approx(0.0)


def test_quality_of_nothing_is_unknown_and_not_zero(model: Model) -> None:
    quality = judge(model, {}, {}, {}, {})
    assert (quality.ndcg, quality.hit_rate, quality.coverage, quality.rmse) == (None,) * 4
