"""Newcomers, and how unevenly ratings are spread."""

from __future__ import annotations

import numpy as np
import pytest

from drift_monitor.audience import concentration, find_concentration, find_newcomers
from drift_monitor.measures import Finding
from drift_monitor.windows import Window
from matinee.scoring.history import UNKNOWN_TIME
from tests.support.drift_windows import window_of

N_USERS, N_EACH = 60, 10


@pytest.mark.parametrize(
    ("counts", "gini", "top_share"),
    [
        pytest.param([3, 3, 3, 3], 0.0, 0.25, id="evenly"),
        pytest.param([5], 0.0, 1.0, id="one-movie"),
        pytest.param([1, 3], 0.25, 0.75, id="two-movies"),
        pytest.param([1] * 99 + [101], 0.495, 0.505, id="one-of-hundred"),
        pytest.param([1] * 198 + [100, 202], 0.596, 0.604, id="two-of-two-hundred"),
    ],
)
def test_concentration_of_counts_worked_out_by_hand(
    counts: list[int], gini: float, top_share: float
) -> None:
    movies = np.repeat(np.arange(len(counts)), counts)
    assert concentration(movies) == pytest.approx((gini, top_share), abs=0.005)


def window(rng: np.random.Generator, *, is_new: float = 0.0, n_movies: int = 50) -> Window:
    """Return a window of as many ratings of each user, a share of them by new users."""
    users = np.repeat(np.arange(N_USERS), N_EACH)
    return window_of(
        user_ids=users,
        movie_ids=rng.integers(n_movies, size=len(users)),
        times=np.full(len(users), 900),
        is_new_user=users < is_new * N_USERS,
        is_new_movie=np.arange(len(users)) % 10 < is_new * 10,
    )


def find(reference: Window, current: Window, rng: np.random.Generator) -> dict[str, Finding]:
    newcomers = find_newcomers(reference=reference, current=current, n_needed=500, rng=rng)
    return newcomers | find_concentration(
        reference=reference, current=current, n_needed=500, rng=rng
    )


def test_share_of_newcomers_is_compared_with_what_is_normal(rng: np.random.Generator) -> None:
    found = find(window(rng, is_new=0.1), window(rng, is_new=0.5), rng)
    for name in ("new_users", "new_movies"):
        finding = found[name]
        assert finding.value == pytest.approx(0.5)
        assert finding.reference == pytest.approx(0.1, abs=0.03)
        assert finding.score == pytest.approx(0.4, abs=0.03)
        assert finding.score > (finding.chance or 0)


def test_newcomers_who_stay_away_are_no_trouble(rng: np.random.Generator) -> None:
    finding = find(window(rng, is_new=0.6), window(rng), rng)["new_users"]
    assert (finding.value, finding.score) == (0, 0)


def test_ratings_that_turn_to_few_movies_are_more_concentrated(rng: np.random.Generator) -> None:
    current = window(rng, n_movies=400)
    current.movie_ids[: len(current) // 2] = 7
    found = find(window(rng, n_movies=400), current, rng)
    for name in ("popularity_gini", "popularity_top_share"):
        assert (found[name].score or 0) > max(0.1, found[name].chance or 0)
        assert (found[name].value or 0) > (found[name].reference or 1)


def test_same_spread_on_fewer_ratings_is_no_concentration(rng: np.random.Generator) -> None:
    reference = window_of(
        user_ids=np.repeat(np.arange(1000), 10), movie_ids=rng.integers(400, size=10_000)
    )
    found = find(reference, window(rng, n_movies=400), rng)
    assert found["popularity_gini"].score == pytest.approx(0, abs=0.03)


def test_shorter_reference_is_compared_with_as_short_cuts_of_the_window(
    rng: np.random.Generator,
) -> None:
    reference = window_of(user_ids=np.arange(300), movie_ids=rng.integers(400, size=300))
    found = find(reference, window(rng, n_movies=400), rng)
    assert found["popularity_gini"].score == pytest.approx(0, abs=0.06)


def test_too_few_ratings_have_no_scores(rng: np.random.Generator) -> None:
    few = window_of(user_ids=np.arange(499))
    found = find(window(rng), few, rng)
    assert len(found) == 4
    assert {(one.n, one.n_needed, one.score) for one in found.values()} == {(499, 500, None)}


def test_undated_reference_cannot_tell_who_is_new_but_how_ratings_are_spread(
    rng: np.random.Generator,
) -> None:
    reference = window(rng)
    reference.times[:] = UNKNOWN_TIME
    found = find(reference, window(rng), rng)
    assert found["new_users"].score is None
    assert "no times" in (found["new_users"].obstacle or "")
    assert found["popularity_gini"].score is not None
