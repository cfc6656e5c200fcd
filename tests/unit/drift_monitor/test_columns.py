"""Categories that are compared, and that the effect size is Evidently's."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from drift_monitor.columns import MISSING, CodedColumn, columns_of, psi, without_rare
from drift_monitor.report import compare_columns
from matinee.scoring.history import UNKNOWN_TIME
from tests.support.drift_windows import window_of


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def text(*values: str) -> NDArray[np.str_]:
    return np.array(values, np.str_)


def test_evening_of_many_ratings_is_one_visit() -> None:
    window = window_of(
        user_ids=[1, 1, 1, 2],
        times=[
            at("2020-03-02 21:10"),  # a Monday; not the first of the evening
            at("2020-03-02 20:05"),
            at("2020-03-03 00:01"),
            at("2020-03-02 20:59"),
        ],
    )
    columns = columns_of(window)
    assert columns["hour"].tolist() == [MISSING, "20", "00", "20"]
    assert columns["weekday"].tolist() == [MISSING, "Mon", "Tue", "Mon"]


def test_undated_rating_is_no_visit_and_tells_no_age() -> None:
    columns = columns_of(window_of(times=[UNKNOWN_TIME, at("2020-01-01")], years=[1990, 1990]))
    for name in ("hour", "weekday", "movie_age"):
        assert (columns[name][0], columns[name][1] != MISSING) == (MISSING, True)


@pytest.mark.parametrize(
    ("year", "age"),
    [
        (2021, "before"),
        (2020, "0"),
        (2019, "1"),
        (2018, "2-4"),
        (2015, "5-9"),
        (2010, "10-19"),
        (1990, "30-49"),
        (1920, "50+"),
        (0, MISSING),
    ],
)
def test_movie_age_is_that_on_the_day_of_the_rating(year: int, age: str) -> None:
    window = window_of(times=[at("2020-07-01")], years=[year])
    assert columns_of(window)["movie_age"].tolist() == [age]


def test_half_stars_have_categories_of_their_own() -> None:
    window = window_of(ratings=np.array([0.5, 4, 4.5], np.float32))
    assert columns_of(window)["rating"].tolist() == ["0.5", "4", "4.5"]


def test_category_that_is_rare_on_both_sides_is_left_out_of_both() -> None:
    reference = text(*["Drama"] * 500, "Film-Noir", *["Comedy"] * 499)
    current = text(*["Drama"] * 100, *["Comedy"] * 99, *["Horror"] * 20)
    kept = without_rare(reference, current)
    assert [set(side.tolist()) for side in kept] == [
        {"Drama", "Comedy", MISSING},
        {"Drama", "Comedy", "Horror"},
    ]


def test_columns_that_say_nothing_at_all_stay_so() -> None:
    silent = text(MISSING, MISSING)
    kept = without_rare(silent, silent)
    assert [side.tolist() for side in kept] == [[MISSING] * 2] * 2
    assert CodedColumn.of(*kept).n_categories == 0


def test_codes_count_categories_and_skip_missing() -> None:
    column = CodedColumn.of(text("b", MISSING, "a", "b"), text("c", MISSING))
    assert column.n_categories == 3
    assert column.count(column.reference).tolist() == [1, 2, 0]
    assert column.count(column.current).tolist() == [0, 0, 1]


def test_equal_shares_have_no_distance() -> None:
    assert psi(np.array([10, 30]), np.array([1, 3])) == 0


def _seeded(seed: int) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
    """Draw two columns that differ; by seed also in which categories they have."""
    rng = np.random.default_rng(seed)
    names = np.array(["a", "b", "c", "d", "e", MISSING])
    sides = []
    for n in rng.integers(50, 3000, 2):
        shares = rng.dirichlet(np.ones(len(names)))
        shares[rng.integers(5)] *= seed % 2
        sides.append(rng.choice(names, n, p=shares / shares.sum()))
    return sides[0], sides[1]


CASES: dict[str, tuple[NDArray[np.str_], NDArray[np.str_]]] = {
    **{f"seed_{seed}": _seeded(seed) for seed in range(8)},
    "only_in_current": (text(*"aab"), text(*"aabbc")),
    "only_in_reference": (text(*"aabbc"), text(*"ab")),
    "nothing_in_common": (text(*"aaa"), text(*"bb")),
    "rare": (text(*["a"] * 20_000, "b"), text(*["a"] * 300, *["c"] * 40)),
    "equal": (text(*"ab"), text(*"abab")),
    "with_missing": (text("a", MISSING, "b", MISSING), text("a", "a", MISSING, "b")),
}


@pytest.fixture(scope="module")
def by_evidently() -> dict[str, float]:
    """Evidently compares columns of one length: every case has a run of its own rows."""
    longest = max(len(side) for case in CASES.values() for side in case)

    def padded(side: int) -> dict[str, NDArray[Any]]:
        return {
            name: np.concatenate([case[side], np.full(longest - len(case[side]), MISSING)])
            for name, case in CASES.items()
        }

    return compare_columns(padded(0), padded(1), dict.fromkeys(CASES, 0.2)).scores


@pytest.mark.parametrize("name", CASES)
def test_psi_is_the_one_of_evidently(name: str, by_evidently: dict[str, float]) -> None:
    column = CodedColumn.of(*CASES[name])
    ours = psi(column.count(column.reference), column.count(column.current))
    assert ours == pytest.approx(by_evidently[name], rel=1e-9, abs=1e-12)
