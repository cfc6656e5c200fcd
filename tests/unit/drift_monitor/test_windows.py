"""What is reference, what is current, and who is new in either."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from drift_monitor.windows import (
    NO_GENRE,
    Window,
    current_window,
    reference_length,
    reference_window,
)
from matinee.domain.movies import Movie
from matinee.scoring.history import UNKNOWN_TIME
from tests.support.drift_windows import Row, arrived, champion_of, facts_of, window_of
from tests.support.models import MOVIES

# User 1 rated in both halves of the snapshot, 2 in the older, 3 in the newer; nobody rated Éloge.
MANY = 5_000
ROWS: list[Row] = [
    (1, 10, 5.0, 100),
    (2, 20, 4.0, 200),
    (2, 30, 3.0, 300),
    (1, 20, 2.0, 400),
    (3, 50, 1.0, 500),
    (3, 10, 0.5, 600),
]


def pairs(window: Window) -> set[tuple[int, int]]:
    return set(zip(window.user_ids.tolist(), window.movie_ids.tolist(), strict=True))


def test_reference_is_the_newer_half_of_a_short_snapshot(
    tmp_path: Path, rng: np.random.Generator
) -> None:
    window = reference_window(champion_of(tmp_path, ROWS), MANY, rng)
    assert pairs(window) == {(1, 20), (3, 50), (3, 10)}
    assert sorted(window.times.tolist()) == [400, 500, 600]
    assert dict(zip(window.times.tolist(), window.ratings.tolist(), strict=True))[500] == 1.0
    assert set(window.years.tolist()) == {1986, 1984, 1979}


def test_reference_tells_new_users_and_movies_by_what_came_before_it(
    tmp_path: Path, rng: np.random.Generator
) -> None:
    window = reference_window(champion_of(tmp_path, ROWS), MANY, rng)
    newcomers = set(window.user_ids[window.is_new_user].tolist())
    assert (newcomers, window.is_dated) == ({3}, True)
    assert set(window.movie_ids[window.is_new_movie].tolist()) == {50}


def test_reference_of_a_long_snapshot_is_a_few_times_as_long_as_the_window(
    tmp_path: Path, rng: np.random.Generator
) -> None:
    rows = [(1 + place // 5, 10 * (1 + place % 5), 3.0, place) for place in range(14_000)]
    window = reference_window(champion_of(tmp_path, rows), reference_length(1_500), rng)
    assert len(window) == 6_000
    assert window.times.min() == 8_000


@pytest.mark.parametrize(("n_current", "length"), [(1, 5_000), (2_000, 8_000), (10**6, 200_000)])
def test_reference_is_never_too_short_to_say_anything_nor_too_long_to_read(
    n_current: int, length: int
) -> None:
    assert reference_length(n_current) == length


def test_reference_of_one_second_is_not_chosen_by_user_id(
    tmp_path: Path, rng: np.random.Generator
) -> None:
    rows = [(1 + place // 5, 10 * (1 + place % 5), 3.0, 77) for place in range(1_000)]
    users = reference_window(champion_of(tmp_path, rows), MANY, rng).user_ids
    assert len(users) == 500
    assert 20 < np.median(users) / 2 < 80


def test_reference_without_times_is_a_random_half(tmp_path: Path, rng: np.random.Generator) -> None:
    rows = [(user, movie, 3.0, UNKNOWN_TIME) for user, movie, _, _ in ROWS]
    window = reference_window(champion_of(tmp_path, rows), MANY, rng)
    assert (len(window), window.is_dated) == (3, False)


def test_current_users_and_movies_that_the_champion_does_not_know_are_new(
    tmp_path: Path,
) -> None:
    model = champion_of(tmp_path, ROWS)
    movies = (*MOVIES, Movie(99, "Not yet", 2021, ("Drama",)))
    rows = [(1, 30, 4.0, 900), (4, 10, 4.0, 901), (1, 99, 4.0, 902), (2, 60, 4.0, 903)]
    window = current_window(arrived(rows), facts_of(movies), model)
    assert window.is_new_user.tolist() == [False, True, False, False]
    # The champion knows of movie 60, but from the catalogue: it has no rating.
    assert window.is_new_movie.tolist() == [False, False, True, True]
    assert window.years.tolist() == [1988, 1979, 2021, 0]


def test_movie_of_several_genres_takes_them_in_turn_and_one_without_has_none(
    tmp_path: Path,
) -> None:
    rows = [(user, 10, 4.0, 900) for user in (1, 2)] + [(3, 60, 4.0, 901)]
    window = current_window(arrived(rows), facts_of(MOVIES), champion_of(tmp_path, ROWS))
    assert window.genres.tolist() == ["Horror", "Sci-Fi", NO_GENRE]


def test_empty_window_has_neither_users_nor_times(tmp_path: Path) -> None:
    window = current_window(arrived([]), facts_of(MOVIES), champion_of(tmp_path, ROWS))
    assert (len(window), window.n_users, window.is_dated) == (0, 0, False)


def test_rows_can_be_taken_repeatedly(tmp_path: Path, rng: np.random.Generator) -> None:
    window = reference_window(champion_of(tmp_path, ROWS), MANY, rng).take(np.array([0, 0]))
    assert (len(window), window.n_users) == (2, 1)


@pytest.mark.parametrize(("n_undated", "is_dated"), [(1, True), (2, False)])
def test_window_is_dated_when_most_ratings_are(n_undated: int, is_dated: bool) -> None:
    times = [UNKNOWN_TIME] * n_undated + [900] * (4 - n_undated)
    assert window_of(times=times).is_dated is is_dated
