"""Where a model is good and where it is not: what was measured, by groups of users and ratings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matinee.evaluation.metrics import mae, rmse
from matinee.scoring.arrays import Indices, Vector

HISTORY_LENGTHS = (0, 20, 50, 100, 200, 500)


@dataclass(frozen=True, slots=True)
class HistoryGroup:
    """Users who had rated about as much; `ndcg` is their mean NDCG@10."""

    label: str
    n_users: int
    ndcg: float


@dataclass(frozen=True, slots=True)
class StarGroup:
    """Held-out ratings of the same stars; `bias` is the mean of predicted minus rated."""

    stars: float
    n_ratings: int
    rmse: float
    mae: float
    bias: float


def by_history_length(
    lengths: Indices, ndcg: Vector, *, starts: Sequence[int] = HISTORY_LENGTHS
) -> list[HistoryGroup]:
    """Group users by the number of their ratings; `starts` are the least of each group."""
    groups = []
    for low, high in zip(starts, [*starts[1:], np.inf], strict=True):
        chosen = (lengths >= low) & (lengths < high)
        if chosen.any():
            label = f"{low} or more" if high == np.inf else f"{low} to {high - 1}"
            groups.append(HistoryGroup(label, int(chosen.sum()), float(ndcg[chosen].mean())))
    return groups


def by_stars(ratings: Vector, predicted: Vector) -> list[StarGroup]:
    """Group held-out ratings by their stars."""
    groups = []
    for stars in np.unique(ratings):
        chosen = ratings == stars
        rated, guessed = ratings[chosen], predicted[chosen]
        bias = float(np.mean(guessed - rated))
        groups.append(
            StarGroup(float(stars), len(rated), rmse(rated, guessed), mae(rated, guessed), bias)
        )
    return groups
