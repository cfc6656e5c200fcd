"""Champion and challenger on ratings that neither has seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from matinee.artifacts.model import Model, load_model
from matinee.domain.movies import Movie
from matinee.evaluation.splits import HoldOut, hold_out_last
from matinee.stores.snapshot import Snapshot, build_snapshot
from trainer.algorithms import ALGORITHMS
from trainer.artifact import write_artifact
from trainer.head_to_head import Known, Results, compare, noise_between
from trainer.pipeline import Plan, Steps, fit_and_evaluate
from trainer.promotion import HeadToHead, Tolerance, decide
from trainer.ranker import FittedRanker, RankerParameters, fit_ranker
from trainer.rater import FittedRater, fit_rater

N_USERS, N_MOVIES, N_RATED = 40, 60, 20
RATER = ALGORITHMS["BaselineOnly"]()
RANKER = RankerParameters(min_ratings=1)
EVALUATION = {"ranker.ndcg_at_10": 0.16, "rater.rmse": 0.88, "popularity.ndcg_at_10": 0.08}


def snapshot_of(*, n_movies: int = N_MOVIES, n_rated: int = N_RATED, stars: float = 4) -> Snapshot:
    """Users of even id rate even movies and the others odd ones, a movie a day."""
    rng = np.random.default_rng(0)
    rows = []
    for user_id in range(1, N_USERS + 1):
        liked = [m for m in range(1, N_MOVIES + 1) if (m + user_id) % 2 == 0]
        movies = [m for m in rng.permutation(liked).tolist()[:n_rated] if m <= n_movies]
        rows += [(user_id, movie_id, stars, day * 86_400) for day, movie_id in enumerate(movies)]
    users, movies, ratings, times = (np.array(column) for column in zip(*rows, strict=True))
    return build_snapshot(
        datetime(2020, 1, 1, tzinfo=UTC),
        tuple(Movie(m, f"Movie {m}", 1999, ("Drama",)) for m in range(1, n_movies + 1)),
        users,
        movies,
        ratings.astype(np.float32),
        times,
    )


def champion_of(folder: Path, snapshot: Snapshot) -> Model:
    folder.mkdir()
    challenger = fit_and_evaluate(snapshot, Plan(RATER, RANKER), steps=Steps())
    write_artifact(
        folder,
        version="champion",
        created_at=snapshot.taken_at,
        snapshot=snapshot,
        ranker=challenger.ranker,
        rater=challenger.rater,
        metrics={},
        list_quality={},
    )
    return load_model(folder)


def fitted(split: HoldOut, n_items: int) -> tuple[FittedRanker, FittedRater]:
    ranker = fit_ranker(RANKER, split.train, n_items=n_items)
    return ranker, fit_rater(RATER, split.train, n_items=n_items, seed=0)


def head_to_head(champion: Model, snapshot: Snapshot) -> HeadToHead | None:
    split = hold_out_last(snapshot.histories, rng=np.random.default_rng(0))
    ranker, rater = fitted(split, snapshot.n_items)
    return compare(champion, ranker, rater, snapshot, split, seed=0)


def test_ratings_that_the_champion_has_seen_are_no_test(tmp_path: Path) -> None:
    snapshot = snapshot_of()
    assert head_to_head(champion_of(tmp_path / "same", snapshot), snapshot) is None


def test_only_held_out_ratings_that_came_since_are_fresh(tmp_path: Path) -> None:
    champion = champion_of(tmp_path / "older", snapshot_of(n_rated=18))
    snapshot = snapshot_of()
    split = hold_out_last(snapshot.histories, rng=np.random.default_rng(0))
    fresh = Known.of(champion, snapshot).unseen_among_held_out(split)
    # Each user's last fifth, four ratings, is held out; the last two came since.
    assert fresh.reshape(N_USERS, N_RATED).sum(axis=1).tolist() == [2] * N_USERS
    assert fresh.reshape(N_USERS, N_RATED)[:, -2:].all()


def test_champion_that_knows_fewer_movies_and_other_stars_is_beaten(tmp_path: Path) -> None:
    champion = champion_of(tmp_path / "narrow", snapshot_of(n_movies=20, stars=1))
    found = head_to_head(champion, snapshot_of())
    assert found is not None
    assert found.n_users == N_USERS
    assert found.challenger["ranker.ndcg_at_10"] > found.champion["ranker.ndcg_at_10"]
    assert found.challenger["rater.rmse"] < found.champion["rater.rmse"]
    assert decide(EVALUATION, EVALUATION, Tolerance(), found).promote


def test_challenger_that_learned_nothing_is_refused(tmp_path: Path) -> None:
    champion = champion_of(tmp_path / "good", snapshot_of(n_rated=16))
    snapshot = snapshot_of()
    split = hold_out_last(snapshot.histories, rng=np.random.default_rng(0))
    _, rater = fitted(split, snapshot.n_items)
    shuffled = np.random.default_rng(1).permutation(snapshot.n_items).astype(np.int32)
    nonsense = replace(split.train, item_indices=shuffled[split.train.item_indices])
    ranker = fit_ranker(RANKER, nonsense, n_items=snapshot.n_items)
    found = compare(champion, ranker, rater, snapshot, split, seed=0)
    assert found is not None
    decision = decide(EVALUATION, EVALUATION, Tolerance(), found)
    assert not decision.promote
    assert "NDCG@10" in decision.reason


@pytest.mark.parametrize(
    ("n_users", "is_wide"), [pytest.param(10, True, id="few"), pytest.param(4000, False, id="many")]
)
def test_noise_is_what_few_users_cannot_tell(
    rng: np.random.Generator, n_users: int, is_wide: bool
) -> None:
    def results() -> Results:
        return Results(rng.random(n_users), rng.random(n_users) * 10, np.full(n_users, 10))

    noise = noise_between(results(), results(), rng)
    assert (noise.ndcg_share > 0.1) is is_wide
    assert (noise.rmse_stars > 0.05) is is_wide
