"""Fits the part that orders movies: a closed-form item-item model that minds the order of ratings.

EASE (Steck 2019) learns which movies are rated by the same people. SLIST (Choi et al. 2021) adds
which movies come after which, still as one least-squares problem with one solution:

    B = argmin  sum_u w_u ( |P_u B - F_u|^2 + c |x_u B - x_u|^2 ) + lambda |B|^2,  diag(B) = 0

A row of P_u is what user u had rated at some moment, newer ratings weighing more; the same row of
F_u is what the user rated from then on, nearer ratings weighing more; x_u is all that u rated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field
from scipy import linalg

from matinee.artifacts.manifest import RankerFacts
from matinee.errors import FitDivergedError, NotEnoughRatingsError
from matinee.scoring.arrays import Indices
from matinee.scoring.histories import Histories
from matinee.scoring.item_item import ItemItemScorer
from matinee.scoring.weighting import HistoryWeighting

Square = NDArray[np.float32]


class RankerParameters(BaseModel):
    """Chosen on the last fifth of the training part of two data sets; see docs/training.md."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    regularization: float = Field(default=40.0, gt=0)
    """lambda, in weighted users."""
    co_rating_weight: float = Field(default=1.0, gt=0)
    """c: how much "rated by the same people" counts beside "rated soon after"."""
    sequence_weight: float = Field(default=1.0, ge=0)
    """0 makes this plain EASE, with users weighted."""
    past_half_life: float = Field(default=3.0, gt=0)
    """Ratings after which the weight of the past is halved."""
    past_floor: float = Field(default=0.05, ge=0, le=1)
    """Weight of the past that never fades."""
    future_half_life: float = Field(default=10.0, gt=0)
    """Ratings after which the weight of the future is halved."""
    user_exponent: float = Field(default=0.5, ge=0, le=1)
    """A user with m ratings weighs ``m ** -user_exponent``, or a few would decide everything."""
    max_history: int = Field(default=1000, ge=2)
    """Only this many of a user's newest ratings are learned from."""
    min_ratings: int = Field(default=3, ge=1)
    """Movies with fewer ratings are not ranked."""
    max_items: int = Field(default=8000, ge=2)
    """Only this many of the most rated movies are ranked: time grows with the cube."""
    n_neighbors: int = Field(default=200, ge=1)
    """Weights kept of each movie."""
    half_life: float = Field(default=10.0, ge=0)
    floor: float = Field(default=0.1, ge=0, le=1)
    star_exponent: float = Field(default=0.5, ge=0)
    newest: int = Field(default=500, ge=1)

    def weighting(self) -> HistoryWeighting:
        """Return how a history is weighted when lists are made."""
        return HistoryWeighting(self.half_life, self.floor, self.star_exponent, self.newest)


@dataclass(frozen=True, slots=True)
class FittedRanker:
    """The scorer that serves, and what the manifest says of it."""

    scorer: ItemItemScorer
    facts: RankerFacts


def fit_ranker(parameters: RankerParameters, histories: Histories, *, n_items: int) -> FittedRanker:
    """Solve for the weights of every pair of ranked movies and keep the strongest."""
    ranked = select_ranked_items(parameters, histories.count_items(n_items))
    gram, targets = accumulate(parameters, histories, ranked, n_items)
    weights = solve(gram, targets, parameters.regularization)
    neighbors, strongest = keep_strongest(weights, ranked, parameters.n_neighbors)
    rows = np.full(n_items, -1, np.int32)
    rows[ranked] = np.arange(len(ranked))
    serving = {"half_life", "floor", "star_exponent", "newest"}
    return FittedRanker(
        ItemItemScorer(rows, neighbors, strongest, parameters.weighting()),
        RankerFacts(
            algorithm="SLIST",
            parameters=parameters.model_dump(exclude=serving),
            **parameters.model_dump(include=serving),
        ),
    )


def select_ranked_items(parameters: RankerParameters, popularity: Indices) -> Indices:
    """Return the rows of movies with enough ratings to learn from, ascending."""
    enough = np.flatnonzero(popularity >= parameters.min_ratings)
    if len(enough) < 2:
        raise NotEnoughRatingsError(
            f"{len(enough)} movies have {parameters.min_ratings} ratings or more; "
            "the ranker needs at least 2: import more ratings"
        )
    most_rated_first = np.argsort(-popularity[enough], kind="stable")
    return np.sort(enough[most_rated_first[: parameters.max_items]])


def accumulate(
    parameters: RankerParameters, histories: Histories, ranked: Indices, n_items: int
) -> tuple[Square, Square]:
    """Sum both sides of the normal equations over users."""
    place = np.full(n_items, -1, np.int32)
    place[ranked] = np.arange(len(ranked), dtype=np.int32)
    gram = np.zeros((len(ranked), len(ranked)), np.float32)
    targets = np.zeros_like(gram)
    longest = min(int(histories.lengths.max(initial=0)), parameters.max_history)
    past, future = past_and_future(parameters, longest)
    past_past, past_future = past.T @ past, past.T @ future
    together = np.float32(parameters.co_rating_weight)
    for history in histories:
        places = place[history.item_indices]
        places = places[places >= 0][-longest:]
        m = len(places)
        if m == 0:
            continue
        weight = np.float32(m**-parameters.user_exponent)
        sequence = np.float32(parameters.sequence_weight if history.is_dated else 0)
        pairs = np.ix_(places, places)
        # Counted from the newest rating, the products of every length are corners of the longest's.
        gram[pairs] += weight * (together + sequence * past_past[-m:, -m:])
        targets[pairs] += weight * (together + sequence * past_future[-m:, -m:])
    return gram, targets


def past_and_future(parameters: RankerParameters, length: int) -> tuple[Square, Square]:
    """Weigh a history's places at each moment between two ratings, shape (length - 1, length)."""
    moments, places = np.arange(1, length)[:, None], np.arange(length)[None, :]
    age = (moments - 1 - places).astype(np.float32)
    fading = np.exp2(-np.maximum(age, 0) / parameters.past_half_life)
    past = parameters.past_floor + (1 - parameters.past_floor) * fading
    delay = np.maximum(-age - 1, 0)
    future = np.exp2(-delay / parameters.future_half_life)
    return (
        np.where(age >= 0, past, 0).astype(np.float32),
        np.where(age < 0, future, 0).astype(np.float32),
    )


def solve(gram: Square, targets: Square, regularization: float) -> Square:
    """Solve the ridge regression with a zero diagonal; overwrites `gram`."""
    gram[np.diag_indices_from(gram)] += np.float32(regularization)
    # The inverse of a positive definite matrix by its Cholesky factor: half the work of `inv`.
    factor, failed = linalg.lapack.spotrf(gram.T, lower=False, clean=False, overwrite_a=True)
    if failed == 0:
        inverse, failed = linalg.lapack.spotri(factor, lower=False, overwrite_c=True)
    if failed:
        raise FitDivergedError("the ranker's equations cannot be solved: raise the regularization")
    inverse = np.triu(inverse) + np.triu(inverse, 1).T
    weights: Square = inverse @ targets
    weights -= inverse * (np.diag(weights) / np.diag(inverse))
    np.fill_diagonal(weights, 0)
    if not np.isfinite(weights).all():
        raise FitDivergedError("the ranker's weights are not finite: raise the regularization")
    return weights


def keep_strongest(
    weights: Square, ranked: Indices, n_neighbors: int
) -> tuple[NDArray[np.int32], Square]:
    """Keep each row's weights of largest size, whatever their sign, as catalogue rows."""
    n_kept = min(n_neighbors, len(ranked) - 1)
    neighbors = np.zeros((len(ranked), n_kept), np.int32)
    strongest = np.zeros((len(ranked), n_kept), np.float32)
    for place, row_weights in enumerate(weights):
        kept = np.sort(np.argpartition(np.abs(row_weights), -n_kept)[-n_kept:])
        neighbors[place] = ranked[kept]
        strongest[place] = row_weights[kept]
    return neighbors, strongest
