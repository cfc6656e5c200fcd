"""How good lists and predicted stars were, by what users then rated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matinee.artifacts.model import Model
from matinee.evaluation.metrics import catalogue_coverage, ndcg_at_n, rmse
from predictor.histories import KnownUser

Rated = Mapping[int, NDArray[Any]]
"""By user: the rows of `replay.ratings.DatedRatings` that arrived."""


@dataclass(frozen=True, slots=True)
class ListScore:
    """How good one list was."""

    ndcg: float
    is_hit: bool


@dataclass(frozen=True, slots=True)
class Quality:
    """How good one model was in one step; None where nobody could be judged."""

    ndcg: float | None
    hit_rate: float | None
    coverage: float | None
    rmse: float | None


def score_lists(lists: Mapping[int, Sequence[int]], rated: Rated, n: int) -> dict[int, ListScore]:
    """Compare each list with the movies that its user then rated, whatever the stars."""
    users = [user for user in lists if user in rated]
    if not users:
        return {}
    hits = np.zeros((len(users), n), np.bool_)
    n_relevant = np.empty(len(users), np.int64)
    for row, user in enumerate(users):
        relevant = np.unique(rated[user]["movie"])
        listed = lists[user][:n]
        hits[row, : len(listed)] = np.isin(listed, relevant)
        n_relevant[row] = len(relevant)
    ndcg = ndcg_at_n(hits, n_relevant)
    return {
        user: ListScore(float(ndcg[row]), bool(hits[row].any())) for row, user in enumerate(users)
    }


def judge(
    model: Model,
    users: Mapping[int, KnownUser],
    lists: Mapping[int, Sequence[int]],
    scores: Mapping[int, ListScore],
    rated: Rated,
) -> Quality:
    """Sum up one model's step; users, lists and scores are of the moment before the ratings."""
    shown = [movie for listed in lists.values() for movie in listed]
    return Quality(
        ndcg=mean([score.ndcg for score in scores.values()]),
        hit_rate=mean([float(score.is_hit) for score in scores.values()]),
        coverage=catalogue_coverage(np.array(shown), len(model.catalogue)) if shown else None,
        rmse=star_error(model, users, rated),
    )


def star_error(model: Model, users: Mapping[int, KnownUser], rated: Rated) -> float | None:
    """Return the RMSE of predicted stars; movies that the model does not know are left out."""
    stars, predicted = [], []
    for user, rows in rated.items():
        items, is_known = model.catalogue.rows(rows["movie"])
        if is_known.any():
            predicted.append(model.rater.predict(users[user].rated, items[is_known]))
            stars.append(rows["stars"][is_known])
    return rmse(np.concatenate(stars), np.concatenate(predicted)) if stars else None


def mean(values: Sequence[float]) -> float | None:
    """Return the mean, None of nothing."""
    return float(np.mean(values)) if len(values) else None
