"""A shift is found by the measure that is meant for it, and chance is not taken for one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from drift_monitor.measures import MEASURES
from drift_monitor.measuring import Least, Measurement, measure
from drift_monitor.verdict import Judgement, judge_all, overall
from matinee.artifacts.model import Model
from matinee.scoring.history import UNKNOWN_TIME
from matinee.stores.arrivals import Arrivals
from tests.support.drift_windows import (
    MANY_MOVIES,
    RMSE_OF_STARS,
    Row,
    arrived,
    champion_of,
    facts_of,
    ratings_of_regulars,
)

THRESHOLDS = {name: facts.threshold for name, facts in MEASURES.items()}
METRICS = {"rater.rmse": RMSE_OF_STARS}
FROM_RATINGS = set(MEASURES) - {"coverage", "fallbacks", "hit_rate", "ndcg"}
LATEST_MOVIE = MANY_MOVIES[-1].movie_id


@dataclass(frozen=True)
class Scene:
    """A champion, and what its users rated since, in the same way."""

    model: Model
    rows: list[Row]

    def measure(self, rows: list[Row], least: Least | None = None) -> Measurement:
        arrivals = Arrivals(arrived(rows), facts_of(MANY_MOVIES), [])
        return measure(arrivals, self.model, least or Least(), THRESHOLDS)

    def judge(self, rows: list[Row]) -> dict[str, Judgement]:
        judgements = judge_all(self.measure(rows).findings, THRESHOLDS)
        return {judged.name: judged for judged in judgements}


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    before, after = ratings_of_regulars(np.random.default_rng(7))
    folder = tmp_path_factory.mktemp("champion")
    return Scene(champion_of(folder, before, movies=MANY_MOVIES, metrics=METRICS), after)


@pytest.fixture(scope="module")
def unshifted(scene: Scene) -> Measurement:
    return scene.measure(scene.rows)


def drifted(judgements: dict[str, Judgement]) -> set[str]:
    return {name for name, judged in judgements.items() if judged.verdict == "drift"}


def test_unshifted_window_of_the_same_users_is_no_drift(unshifted: Measurement) -> None:
    judgements = judge_all(unshifted.findings, THRESHOLDS)
    assert [judged.name for judged in judgements if judged.verdict == "drift"] == []
    assert {judged.name for judged in judgements if judged.verdict == "ok"} == FROM_RATINGS
    assert overall(judgements) == "no_drift"


def test_measurement_has_every_measure_in_order_the_counts_and_evidentlys_page(
    unshifted: Measurement,
) -> None:
    assert list(unshifted.findings) == list(MEASURES)
    assert unshifted.counts["ratings"] == 2000
    assert (unshifted.counts["users"], unshifted.counts["lists"]) == (200, 0)
    assert unshifted.columns is not None
    assert set(unshifted.columns.scores) == {"rating", "hour", "weekday", "genre", "movie_age"}


def test_measuring_the_same_window_again_finds_the_same(
    scene: Scene, unshifted: Measurement
) -> None:
    assert scene.measure(scene.rows).findings == unshifted.findings


def one_star_up(user: int, movie: int, stars: float, time: int, place: int) -> Row:
    return user, movie, min(stars + 1, 5), time


def in_the_morning(user: int, movie: int, stars: float, time: int, place: int) -> Row:
    return user, movie, stars, time - 10 * 3600


def on_sundays(user: int, movie: int, stars: float, time: int, place: int) -> Row:
    days_since_sunday = (time // 86_400 + 4) % 7
    return user, movie, stars, time - 86_400 * days_since_sunday


def horror(user: int, movie: int, stars: float, time: int, place: int) -> Row:
    return user, LATEST_MOVIE if place % 3 == 0 else movie, stars, time


def thirty_years_later(user: int, movie: int, stars: float, time: int, place: int) -> Row:
    return user, movie, stars, time + 30 * 365 * 86_400


def by_strangers(user: int, movie: int, stars: float, time: int, place: int) -> Row:
    return user + (10_000 if place % 2 else 0), movie, stars, time


def on_the_one_hit(user: int, movie: int, stars: float, time: int, place: int) -> Row:
    return user, 1 if place % 2 else movie, stars, time


def at_odds(user: int, movie: int, stars: float, time: int, place: int) -> Row:
    return user, movie, 1.5 if place % 2 else 5.0, time


@pytest.mark.parametrize(
    ("shift", "names"),
    [
        (one_star_up, {"rating", "calibration"}),
        (in_the_morning, {"hour"}),
        (on_sundays, {"weekday"}),
        (horror, {"genre", "new_movies"}),
        (thirty_years_later, {"movie_age"}),
        (by_strangers, {"new_users"}),
        (on_the_one_hit, {"popularity_gini", "popularity_top_share"}),
        (at_odds, {"rmse", "rating"}),
    ],
)
def test_shift_is_found_by_the_measure_that_is_meant_for_it(
    scene: Scene, shift: Callable[[int, int, float, int, int], Row], names: set[str]
) -> None:
    judgements = scene.judge([shift(*row, place) for place, row in enumerate(scene.rows)])
    assert names <= drifted(judgements)
    assert overall(list(judgements.values())) == "drift"


@pytest.mark.parametrize(
    ("shift", "quiet"),
    [
        (one_star_up, {"hour", "weekday", "genre", "movie_age", "new_users", "new_movies"}),
        (in_the_morning, FROM_RATINGS - {"hour", "weekday"}),
        (by_strangers, FROM_RATINGS - {"new_users"}),
    ],
)
def test_shift_of_one_thing_leaves_the_others_quiet(
    scene: Scene, shift: Callable[[int, int, float, int, int], Row], quiet: set[str]
) -> None:
    judgements = scene.judge([shift(*row, place) for place, row in enumerate(scene.rows)])
    assert not drifted(judgements) & quiet


def squeezed(rows: list[Row], days: float) -> list[Row]:
    """Let the same ratings come within the last days before the new year, evening or not."""
    first, last = (found(row[3] for row in rows) for found in (min, max))
    pace = days * 86_400 / (last - first)
    return [(*row[:3], last - int((last - row[3]) * pace)) for row in rows]


@pytest.mark.parametrize("days", [1 / 8, 5])
def test_window_shorter_than_a_week_says_nothing_of_hours_and_weekdays(
    scene: Scene, days: float
) -> None:
    judgements = scene.judge(squeezed(scene.rows, days))
    for name in ("hour", "weekday"):
        assert judgements[name].verdict == "not_enough_data"
        assert judgements[name].explanation.startswith("The visits of the window span")
    assert judgements["rating"].verdict == "ok"


def test_window_of_a_week_is_compared_by_hour_and_weekday(scene: Scene) -> None:
    judgements = scene.judge(squeezed(scene.rows, 7.1))
    assert judgements["weekday"].verdict == "ok"
    assert judgements["hour"].verdict == "drift", "they come at any hour now"


def test_one_old_rating_among_those_of_an_hour_makes_no_week(scene: Scene) -> None:
    rows = squeezed(scene.rows, 0.2)
    rows[0] = (*rows[0][:3], rows[0][3] - 300 * 86_400)
    assert scene.judge(rows)["hour"].verdict == "not_enough_data"


def test_champion_of_a_few_days_has_no_week_to_compare_with(tmp_path: Path, scene: Scene) -> None:
    before, _ = ratings_of_regulars(np.random.default_rng(7))
    champion = champion_of(tmp_path, squeezed(before, 6), movies=MANY_MOVIES, metrics=METRICS)
    judged = Scene(champion, scene.rows).judge(scene.rows)["weekday"]
    assert judged.verdict == "not_enough_data"
    assert "visits of the reference span" in judged.explanation


def test_few_users_say_nothing_however_much_they_rate(scene: Scene) -> None:
    rows = [(1 + place % 4, *row[1:]) for place, row in enumerate(scene.rows)]
    found = scene.measure(rows)
    judgements = {judged.name: judged for judged in judge_all(found.findings, THRESHOLDS)}
    assert {judgements[name].verdict for name in FROM_RATINGS} == {"not_enough_data"}
    assert judgements["rating"].explanation == "4 users are too few; it takes 5."
    assert (found.columns, found.counts["ratings"]) == (None, len(rows))


def test_few_ratings_say_nothing_about_what_needs_many(scene: Scene) -> None:
    judgements = scene.judge(scene.rows[:499])
    assert judgements["rating"].verdict == "not_enough_data"
    # Enough days of users, and enough stars of users that the champion knows.
    assert judgements["hour"].verdict != "not_enough_data"
    assert judgements["rmse"].verdict != "not_enough_data"
    assert overall(list(judgements.values())) == "not_enough_data"


def test_empty_window_says_nothing_and_fails_nowhere(scene: Scene) -> None:
    found = scene.measure([])
    judgements = judge_all(found.findings, THRESHOLDS)
    assert {judged.verdict for judged in judgements} == {"not_enough_data"}
    assert found.counts == {"ratings": 0, "users": 0, "movies": 0, "lists": 0}


def test_window_without_times_is_judged_by_what_it_says(scene: Scene) -> None:
    judgements = scene.judge([(*row[:3], UNKNOWN_TIME) for row in scene.rows])
    silent = {name for name in FROM_RATINGS if judgements[name].verdict == "not_enough_data"}
    assert silent == {"hour", "weekday", "movie_age"}
    assert drifted(judgements) == set()


def test_champion_without_times_has_nothing_to_compare_times_with_and_says_so(
    tmp_path: Path, scene: Scene
) -> None:
    before, _ = ratings_of_regulars(np.random.default_rng(7))
    rows = [(*row[:3], UNKNOWN_TIME) for row in before]
    undated = Scene(champion_of(tmp_path, rows, movies=MANY_MOVIES, metrics=METRICS), scene.rows)
    judgements = undated.judge(scene.rows)
    for name in ("hour", "weekday", "movie_age", "new_users", "new_movies"):
        assert judgements[name].verdict == "not_enough_data"
        assert "are too few" not in judgements[name].explanation
    assert judgements["rating"].verdict == "ok"


@pytest.mark.parametrize("n_dated", [1, 300])
def test_champion_with_the_times_of_one_user_only_has_too_little_to_compare_with(
    n_dated: int, tmp_path: Path, scene: Scene
) -> None:
    rows: list[Row] = [(1, 1 + day % 100, 3.5, day * 86_400) for day in range(n_dated)]
    rows += [(user, 1 + user % 100, 3.5, UNKNOWN_TIME) for user in range(2, 12_000)]
    champion = champion_of(tmp_path, rows, movies=MANY_MOVIES, metrics=METRICS)
    few = [(1 + row[0] % 6, *row[1:]) for row in scene.rows[:600]]
    judged = Scene(champion, few).judge(few)["hour"]
    assert judged.verdict == "not_enough_data"
    assert "champion" in judged.explanation
