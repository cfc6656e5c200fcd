"""Ratings and the scale they are given on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class RatingScale:
    """The stars a rating may have.

    Parameters
    ----------
    low, high : float
        Lowest and highest rating, in stars, both allowed.
    step : float
        Distance between two ratings that a person can give, in stars.
    """

    low: float = 0.5
    high: float = 5.0
    step: float = 0.5

    def holds(self, rating_stars: float) -> bool:
        """Tell whether a person can give this rating."""
        if not math.isfinite(rating_stars) or not self.low <= rating_stars <= self.high:
            return False
        return (rating_stars / self.step).is_integer()

    def values(self) -> tuple[float, ...]:
        """Return every rating that a person can give, lowest first."""
        n_steps = round((self.high - self.low) / self.step)
        return tuple(self.low + place * self.step for place in range(n_steps + 1))


STARS = RatingScale()


@dataclass(frozen=True, slots=True)
class Rating:
    """One user's rating of one movie.

    `rated_at` is aware UTC, None when the source did not say.
    """

    user_id: int
    movie_id: int
    rating: float
    rated_at: datetime | None = None
