"""Which lists count, how they were made, and how much of the catalogue they showed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drift_monitor.lists import champion_lists, find_lists, first_lists
from drift_monitor.measures import Finding
from matinee.artifacts.model import Model
from matinee.domain.recommendation import Strategy
from matinee.stores.arrivals import SentList
from tests.support.drift_windows import MANY_MOVIES, Row, arrived, champion_of
from tests.support.models import MOVIES

TEN = list(range(1, 11))
N_USERS = 60
TRAINED_ON: list[Row] = [(user, 1 + 2 * user, 4.0, user) for user in range(1, N_USERS + 1)]
"""Each user rated one movie, and the two movies after that are what the champion finds."""


def sent(
    user_id: int,
    movie_ids: Sequence[int] = TEN,
    *,
    at: float = 10.0,
    strategy: Strategy = Strategy.MODEL,
    version: str | None = "v1",
    **filters: Any,
) -> SentList:
    return SentList(user_id, strategy.value, version, list(movie_ids), filters, at)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    folder = tmp_path_factory.mktemp("model")
    return champion_of(folder, TRAINED_ON, movies=MANY_MOVIES)


def find(
    lists: list[SentList], model: Model, rows: Sequence[Row] = (), n_needed: int = 2
) -> dict[str, Finding]:
    rng = np.random.default_rng(0)
    return find_lists(lists, arrived(rows), model, n_needed=n_needed, rng=rng)


def test_only_the_first_list_of_each_user_is_judged() -> None:
    lists = [sent(1), sent(2), sent(1, TEN[::-1], at=20)]
    assert first_lists(lists) == lists[:2]


@pytest.mark.parametrize(
    "filters",
    [
        {"genres": ["Horror"]},
        {"year_from": 1990},
        {"year_to": 1990},
        {"exclude": [3]},
        {"include_seen": True},
    ],
)
def test_list_that_its_caller_narrowed_is_not_the_users_own(filters: dict[str, Any]) -> None:
    whole = sent(1, at=20)
    assert first_lists([sent(1, **filters), whole]) == [whole]


def test_filters_that_leave_everything_in_do_not_narrow() -> None:
    lists = [sent(1, genres=None, year_from=None, exclude=[], include_seen=False, n_reasons=0)]
    assert first_lists(lists) == lists


def test_list_of_a_length_is_judged_when_it_is_long_enough() -> None:
    long = sent(1, range(1, 51), n=50)
    assert first_lists([sent(1, TEN[:9], n=9), long]) == [long]


def test_every_list_counts_as_fallback_or_not(model: Model) -> None:
    lists = [
        sent(1),
        sent(1, strategy=Strategy.FALLBACK_SNAPSHOT),
        sent(1, strategy=Strategy.FALLBACK_POPULAR, genres=["Horror"]),
        sent(2, strategy=Strategy.POPULAR),
    ]
    found = find(lists, model)["fallbacks"]
    assert (found.n, found.value, found.reference, found.score) == (4, 0.5, 0, 0.5)


@pytest.mark.parametrize("version", ["v0", None])
def test_lists_of_other_versions_are_judged_for_fallbacks_only(
    model: Model, version: str | None
) -> None:
    others = [sent(user, version=version) for user in range(1, 41)]
    own = [sent(user, personal(user), at=20) for user in range(21, 61)]
    rows: list[Row] = [(user, 1, 4.0, 0) for user in range(1, 61)]
    found = find([*others, *own], model, rows)
    # One list for everybody, which the others sent, would cover next to nothing.
    assert (found["coverage"].n, found["coverage"].score) == (40, 0)
    assert (found["hit_rate"].n, found["ndcg"].n) == (40, 40)
    assert found["fallbacks"].n == 80


def test_champions_lists_are_what_it_would_show_its_users(model: Model) -> None:
    lists = champion_lists(model, np.random.default_rng(0))
    n = len(MANY_MOVIES)
    expected = [[(2 * user + 1) % n, (2 * user + 2) % n] for user in range(1, N_USERS + 1)]
    assert lists.shape == (N_USERS, 10)
    assert lists[:, :2].tolist() == expected


def personal(user: int) -> list[int]:
    """Return a list that hardly anybody else gets."""
    return [1 + (7 * user + 13 * place) % len(MANY_MOVIES) for place in range(10)]


def test_one_list_for_everybody_covers_little(model: Model) -> None:
    found = find([sent(user) for user in range(1, 41)], model)["coverage"]
    assert found.value == pytest.approx(10 / len(MANY_MOVIES))
    assert (found.score or 0) > max(0.3, found.chance or 0)


def test_lists_as_different_as_the_champions_cover_as_much(model: Model) -> None:
    found = find([sent(user, personal(user)) for user in range(1, 41)], model)["coverage"]
    assert found.score == 0


def test_movies_that_the_champion_does_not_know_cover_nothing_of_its_catalogue(
    model: Model,
) -> None:
    lists = [sent(user, range(10_000 * user, 10_000 * user + 10)) for user in range(1, 41)]
    assert find(lists, model)["coverage"].value == 0


def test_champion_with_nothing_left_to_show_has_no_coverage_to_compare_with(
    tmp_path: Path,
) -> None:
    rows: list[Row] = [(user, movie.movie_id, 4.0, 1) for user in range(9) for movie in MOVIES]
    found = find([sent(1), sent(2)], champion_of(tmp_path, rows))["coverage"]
    assert found.score is None
    assert "seen" in (found.obstacle or "")


def test_new_users_all_get_one_list_and_that_is_normal(model: Model) -> None:
    lists = [sent(user, strategy=Strategy.POPULAR) for user in range(1, 41)]
    assert find(lists, model)["coverage"].score == pytest.approx(0, abs=0.01)


def test_few_lists_say_nothing(model: Model) -> None:
    rows: list[Row] = [(user, 1, 4.0, 0) for user in range(1, 20)]
    found = find([sent(user) for user in range(1, 20)], model, rows, n_needed=20)
    assert {(one.n, one.n_needed, one.score) for one in found.values()} == {(19, 20, None)}
