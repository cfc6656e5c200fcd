"""Predicted stars against those that users then give; the champion predicts 3.5 always."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from drift_monitor.measures import Finding
from drift_monitor.stars import find_stars, prediction_errors
from drift_monitor.windows import Window, current_window
from matinee.artifacts.model import Model
from matinee.domain.movies import Movie
from tests.support.drift_windows import Row, arrived, champion_of, facts_of
from tests.support.models import MOVIES

KNOWN: list[Row] = [(user, 10, 4.0, 100) for user in range(1, 21)]
METRICS = {"rater.rmse": 0.8}


@pytest.fixture
def model(tmp_path: Path) -> Model:
    return champion_of(tmp_path, KNOWN, metrics=METRICS)


def window(rows: list[Row], model: Model) -> Window:
    return current_window(arrived(rows), facts_of((*MOVIES, Movie(99, "New", 2021, ()))), model)


def find(
    rows: list[Row], model: Model, rng: np.random.Generator, **least: int
) -> dict[str, Finding]:
    wanted = {"n_needed": 40, "users_needed": 10} | least
    return find_stars(window(rows, model), model, rng=rng, **wanted)


def rated(*stars: float) -> list[Row]:
    """Every known user gives these stars, to another movie each."""
    movies = [20, 30, 40, 50]
    return [
        (user, movie, given, 200)
        for user in range(1, 21)
        for movie, given in zip(movies, stars, strict=False)
    ]


def test_errors_are_of_users_and_movies_that_the_champion_knows(
    model: Model, rng: np.random.Generator
) -> None:
    rows: list[Row] = [(1, 20, 3.0, 200), (77, 20, 1.0, 200), (1, 99, 1.0, 200), (2, 30, 5.0, 200)]
    errors, users = prediction_errors(window(rows, model), model, rng)
    assert errors.tolist() == [0.5, -1.5]
    assert users.tolist() == [1, 2]


def test_nobody_known_leaves_no_errors(model: Model, rng: np.random.Generator) -> None:
    errors, users = prediction_errors(window([(77, 20, 1.0, 200)], model), model, rng)
    assert (len(errors), len(users)) == (0, 0)


def test_bias_and_rmse_are_those_of_visible_predictions(
    model: Model, rng: np.random.Generator
) -> None:
    found = find(rated(2.5, 4.5, 2.5), model, rng)
    assert found["calibration"].value == pytest.approx(1 / 3)
    assert found["calibration"].score == pytest.approx(1 / 3)
    assert found["rmse"].value == pytest.approx(1.0)
    assert found["rmse"].reference == 0.8
    assert found["rmse"].score == pytest.approx(0.2)


def test_stars_above_the_prediction_are_a_bias_as_well(
    model: Model, rng: np.random.Generator
) -> None:
    found = find(rated(4.5, 4.5), model, rng)["calibration"]
    assert (found.value, found.score) == (pytest.approx(-1), pytest.approx(1))
    assert (found.chance or 0) == pytest.approx(0, abs=1e-9)


def test_errors_smaller_than_before_are_no_drift(model: Model, rng: np.random.Generator) -> None:
    found = find(rated(3.5, 3.5), model, rng)["rmse"]
    assert (found.value, found.score) == (0, 0)


def test_few_ratings_of_known_users_have_no_score(model: Model, rng: np.random.Generator) -> None:
    found = find(rated(3.5, 3.5), model, rng, n_needed=41)
    assert {(one.n, one.score) for one in found.values()} == {(40, None)}


def test_few_known_users_have_no_score_and_it_says_so(
    model: Model, rng: np.random.Generator
) -> None:
    found = find(rated(3.5, 3.5), model, rng, users_needed=21)
    assert {one.score for one in found.values()} == {None}
    assert "20 users" in (found["rmse"].obstacle or "")


def test_champion_that_does_not_know_its_rmse_has_no_growth_of_it_and_says_so(
    tmp_path: Path, rng: np.random.Generator
) -> None:
    found = find(rated(3.5, 2.5), champion_of(tmp_path, KNOWN, metrics={}), rng)
    assert found["calibration"].score == pytest.approx(0.5)
    assert found["rmse"].score is None
    assert found["rmse"].obstacle
