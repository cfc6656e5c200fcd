"""Windows drawn from the reference are made of whole users."""

from __future__ import annotations

import numpy as np
import pytest

from drift_monitor.chance import N_DRAWS, UserRows, spread, spread_of_statistic

USER_IDS = np.array([7, 5, 7, 9, 7, 5])
ROWS = {5: [1, 5], 7: [0, 2, 4], 9: [3]}


def test_rows_are_grouped_by_user_whatever_their_order() -> None:
    users = UserRows.of(USER_IDS)
    assert users.n_users == 3
    assert users.rows_of(np.array([1, 0])).tolist() == ROWS[7] + ROWS[5]
    assert users.rows_of(np.array([], np.int64)).tolist() == []


def test_nobody_rated_anything() -> None:
    assert UserRows.of(np.array([], np.int64)).n_users == 0


def test_draws_hold_all_rows_of_the_users_drawn(rng: np.random.Generator) -> None:
    draws = list(UserRows.of(USER_IDS).draws(4, rng))
    assert len(draws) == N_DRAWS
    for rows in draws:
        counts = np.bincount(rows, minlength=len(USER_IDS))
        per_user = {user: set(counts[of].tolist()) for user, of in ROWS.items()}
        assert all(len(times) == 1 for times in per_user.values())
        assert sum(times.pop() for times in per_user.values()) == 4


def test_reference_is_drawn_anew_as_well_with_as_many_users_as_it_has(
    rng: np.random.Generator,
) -> None:
    pairs = list(UserRows.of(np.arange(50)).pairs(5, rng))
    assert len(pairs) == N_DRAWS
    assert {(len(before), len(now)) for before, now in pairs} == {(50, 5)}
    assert all(len(set(before.tolist())) < 50 for before, _ in pairs)


def test_draws_of_rows_end_in_the_middle_of_the_last_user_at_most(
    rng: np.random.Generator,
) -> None:
    draws = list(UserRows.of(USER_IDS).draws_of_rows(4, rng))
    assert len(draws) == N_DRAWS
    for rows in draws:
        assert len(set(rows.tolist())) == 4
        whole = [user for user, of in ROWS.items() if set(of) <= set(rows.tolist())]
        begun = [user for user, of in ROWS.items() if set(of) & set(rows.tolist())]
        assert len(begun) - len(whole) <= 1


def test_few_talkative_users_scatter_more_than_many_with_one_rating_each(
    rng: np.random.Generator,
) -> None:
    values = rng.normal(size=1000)
    of_user = np.repeat(np.arange(10), 100)
    alike = np.repeat(rng.normal(size=10), 100)

    def chance(of: np.ndarray, what: np.ndarray, n_users: int) -> float:
        draws = UserRows.of(of).draws(n_users, rng)
        return spread_of_statistic(lambda rows: float(what[rows].mean()), draws)[1]

    assert chance(of_user, alike, 10) > 3 * chance(np.arange(1000), values, 1000)


def test_spread_is_the_distance_from_the_median_that_hardly_any_exceeds() -> None:
    median, distance = spread(np.concatenate([np.zeros(995), np.full(5, 3.0)]) + 1)
    assert median == 1
    assert distance == pytest.approx(0, abs=0.1)
    assert spread(np.array([1.0, 2.0, 3.0]))[1] == pytest.approx(1, abs=0.02)
    assert spread(np.array([-8.0, 0.0, 1.0]))[1] == pytest.approx(8, abs=0.2)
