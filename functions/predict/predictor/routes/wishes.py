"""Request bodies to what is wanted of a list."""

from __future__ import annotations

import numpy as np

from matinee.scoring.arrays import Indices, Vector
from matinee.scoring.history import UNKNOWN_TIME
from predictor.recommend import Wish
from predictor.schemas import GivenRating, WishBody


def wish_of(body: WishBody) -> Wish:
    """Return length and filters."""
    return Wish(
        n=body.n,
        genres=body.genres,
        year_from=body.year_from,
        year_to=body.year_to,
        exclude=body.exclude,
        include_seen=body.include_seen,
        n_reasons=body.n_reasons,
    )


def columns_of(given: list[GivenRating]) -> tuple[Indices, Vector, Indices]:
    """Return movie ids, stars and times, oldest first."""
    times = [int(r.rated_at.timestamp()) if r.rated_at else UNKNOWN_TIME for r in given]
    order = np.argsort(times, kind="stable")
    return (
        np.array([rating.movie_id for rating in given], np.int64)[order],
        np.array([rating.rating for rating in given], np.float32)[order],
        np.array(times, np.int64)[order],
    )
