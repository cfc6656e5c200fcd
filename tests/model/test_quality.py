"""How good the default training is on real ratings, and how it should behave."""

from __future__ import annotations

import json

import numpy as np
import pytest

from dvc_stages.packaged_snapshot import packaged_snapshot
from matinee.evaluation.splits import HoldOut, hold_out_last
from matinee.stores.snapshot import Snapshot
from tests.support.source import ROOT
from trainer.algorithms import ALGORITHMS
from trainer.evaluate import Evaluation, evaluate
from trainer.ranker import FittedRanker, RankerParameters, fit_ranker
from trainer.rater import fit_rater


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    return packaged_snapshot()


@pytest.fixture(scope="module")
def split(snapshot: Snapshot) -> HoldOut:
    return hold_out_last(snapshot.histories, rng=np.random.default_rng(0))


@pytest.fixture(scope="module")
def ranker(snapshot: Snapshot, split: HoldOut) -> FittedRanker:
    return fit_ranker(RankerParameters(), split.train, n_items=snapshot.n_items)


@pytest.fixture(scope="module")
def evaluation(snapshot: Snapshot, split: HoldOut, ranker: FittedRanker) -> Evaluation:
    rater = fit_rater(ALGORITHMS["SVD"](), split.train, n_items=snapshot.n_items, seed=0)
    return evaluate(ranker, rater, split, n_items=snapshot.n_items, seed=0)


@pytest.fixture(scope="module")
def metrics(evaluation: Evaluation) -> dict[str, float]:
    return evaluation.metrics


def test_packaged_ratings_are_the_known_ones(snapshot: Snapshot) -> None:
    sizes = (len(snapshot.histories), len(snapshot.user_ids), snapshot.n_items)
    assert sizes == (100_004, 671, 9_066)


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ("ranker.ndcg_at_10", 0.1754),
        ("ranker.recall_at_10", 0.1059),
        ("ranker.coverage", 0.078),
        ("popularity.ndcg_at_10", 0.082),
        ("rater.rmse", 0.890),
        ("rater.mae", 0.679),
    ],
)
def test_default_training_is_as_good_as_it_was(
    metrics: dict[str, float], metric: str, expected: float
) -> None:
    assert metrics[metric] == pytest.approx(expected, rel=0.02)


def test_committed_metrics_are_those_of_the_default_training(metrics: dict[str, float]) -> None:
    committed = json.loads((ROOT / "reports/training.json").read_text())
    assert committed == pytest.approx(metrics, rel=0.01), "run `make dvc` and commit reports/"


@pytest.mark.parametrize("method", ["ranker", "popularity"])
def test_lists_are_hit_more_often_the_more_is_rated_after_them(
    evaluation: Evaluation, metrics: dict[str, float], method: str
) -> None:
    by_ratings = {one.n_relevant: one for one in evaluation.list_quality[method]}
    # Everybody here has four ratings or more held out, and counts for one and two as well.
    n_users = [by_ratings[n].n_users for n in (1, 2, 4, 8)]
    assert n_users[0] == n_users[2] == metrics[f"{method}.test_users"] > n_users[3]
    hit_rates = [by_ratings[n].hit_rate_at_10 for n in (1, 2, 4, 8, 16, 32)]
    assert hit_rates == sorted(hit_rates)
    # One more rating is one more try, so that the figure for all held-out ratings says little.
    assert hit_rates[0] < metrics[f"{method}.hit_rate_at_10"] / 2


def test_lists_by_predicted_stars_are_worse_than_popularity(metrics: dict[str, float]) -> None:
    assert metrics["rater_order.ndcg_at_10"] < metrics["popularity.ndcg_at_10"]


def test_newer_rating_counts_more_than_an_older_one(split: HoldOut, ranker: FittedRanker) -> None:
    history = next(history for history in split.train if len(history) == 40)
    weights = ranker.scorer.weighting.weigh(history)
    same_stars = history.ratings == history.ratings[-1]
    assert weights[-1] == weights[same_stars].max() > weights[same_stars].min()


def test_contributions_sum_to_the_score(split: HoldOut, ranker: FittedRanker) -> None:
    history = split.train.of(0)
    votes = ranker.scorer.votes(history)
    scores = votes.scores()
    best = np.argsort(-scores)[:10]
    parts = votes.contributions(best)
    np.testing.assert_allclose(parts.sum(axis=1), scores[best], rtol=1e-4)
