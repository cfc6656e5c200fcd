"""Measures a fitted challenger beside popularity and the rater's own order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matinee.artifacts.manifest import ListQuality
from matinee.evaluation.metrics import mae, rmse
from matinee.evaluation.next_ratings import quality_by_next_ratings
from matinee.evaluation.protocol import (
    ListReport,
    ListScorer,
    evaluate_lists,
    select_test_users,
)
from matinee.evaluation.splits import HoldOut
from matinee.scoring.arrays import Indices, Vector
from matinee.scoring.history import History
from trainer.ranker import FittedRanker
from trainer.rater import FittedRater, predict_test_ratings

SERVED = ("ranker", "popularity")
"""Methods whose lists users get: their own, and that for new users."""
MAX_TEST_USERS = 10_000
# A neighbor model predicts the whole catalogue one movie at a time.
MAX_TEST_USERS_OF_NEIGHBORS = 50


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything measured on the held-out ratings."""

    split: HoldOut
    lists: dict[str, ListReport]
    """By method: ranker, popularity, rater_order."""
    predicted: Vector
    """Stars for every held-out rating, in their order."""
    list_quality: dict[str, tuple[ListQuality, ...]]
    """How good the lists that are served were, by how many ratings followed."""

    @property
    def metrics(self) -> dict[str, float]:
        """Return the figures by ``<method>.<metric>``."""
        ratings = self.split.test.ratings
        figures = {
            "rater.rmse": rmse(ratings, self.predicted),
            "rater.mae": mae(ratings, self.predicted),
            "split.test_ratings": float(len(ratings)),
        }
        for method, report in self.lists.items():
            figures[f"{method}.ndcg_at_10"] = float(report.ndcg.mean())
            figures[f"{method}.recall_at_10"] = float(report.recall.mean())
            figures[f"{method}.hit_rate_at_10"] = float(report.is_hit.mean())
            figures[f"{method}.coverage"] = report.coverage
            figures[f"{method}.test_users"] = float(len(report.users))
        return figures


def evaluate(
    ranker: FittedRanker, rater: FittedRater, split: HoldOut, *, n_items: int, seed: int
) -> Evaluation:
    """Judge both parts, fitted on the training part of the split."""
    popularity = split.train.count_items(n_items).astype(np.float64)
    lists = {
        method: evaluate_lists(scorer, split, users=users, n_items=n_items)
        for method, scorer, users in (
            ("ranker", _ranker_order(ranker), _users(split, seed, MAX_TEST_USERS)),
            ("popularity", _popularity(popularity), _users(split, seed, MAX_TEST_USERS)),
            ("rater_order", _rater_order(rater, split, n_items), _rater_users(rater, split, seed)),
        )
    }
    quality = {method: _by_next_ratings(lists[method], split, seed) for method in SERVED}
    return Evaluation(split, lists, predict_test_ratings(rater, split), quality)


def _by_next_ratings(report: ListReport, split: HoldOut, seed: int) -> tuple[ListQuality, ...]:
    rng = np.random.default_rng(seed)
    found = quality_by_next_ratings(report.lists, report.users, split.test, rng=rng)
    return tuple(
        ListQuality(
            n_relevant=one.n_relevant,
            n_users=one.n_users,
            hit_rate_at_10=one.hit_rate,
            ndcg_at_10=one.ndcg,
        )
        for one in found
    )


def _ranker_order(ranker: FittedRanker) -> ListScorer:
    def score(_user_index: int, history: History) -> Vector:
        return ranker.scorer.score(history)

    return score


def _popularity(popularity: Vector) -> ListScorer:
    def score(_user_index: int, _history: History) -> Vector:
        return popularity

    return score


def _rater_order(rater: FittedRater, split: HoldOut, n_items: int) -> ListScorer:
    """Order by predicted stars, which is what most recommenders on top of Surprise do."""
    serving, everything = rater.exported.rater(), np.arange(n_items)

    def score(user_index: int, _history: History) -> Vector:
        return serving.predict(rater.rated_user(split.train, user_index), everything)

    return score


def _users(split: HoldOut, seed: int, max_users: int) -> Indices:
    return select_test_users(split, rng=np.random.default_rng(seed), max_users=max_users)


def _rater_users(rater: FittedRater, split: HoldOut, seed: int) -> Indices:
    is_slow = rater.exported.facts.kind == "neighbors"
    return _users(split, seed, MAX_TEST_USERS_OF_NEIGHBORS if is_slow else MAX_TEST_USERS)
