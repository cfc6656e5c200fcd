"""How much each rating of a history says about what to watch next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matinee.scoring.arrays import Vector
from matinee.scoring.history import History


@dataclass(frozen=True, slots=True)
class HistoryWeighting:
    """Weights that fade with age and grow with stars.

    The rating that is the r-th newest (from 0) and has s stars weighs
    ``(floor + (1 - floor) * 0.5 ** (r / half_life)) * (s / 5) ** star_exponent``.

    Parameters
    ----------
    half_life : float
        Ratings after which the fading part is halved; 0 turns fading off.
    floor : float
        Weight, between 0 and 1, that never fades.
    star_exponent : float
        0 counts every rating alike; larger values trust high ratings more.
    newest : int
        Only this many of the newest ratings count, where they are dated: what was rated long
        before says little, and the time of a request must not grow without end.
    """

    half_life: float = 10.0
    floor: float = 0.1
    star_exponent: float = 0.0
    newest: int = 500

    def counted(self, history: History) -> History:
        """Return the part of a history that counts.

        Parameters
        ----------
        history : History
            Oldest first.

        Returns
        -------
        History
            Its last `newest` ratings, or all of them where none is dated.
        """
        if not history.is_dated or len(history) <= self.newest:
            return history
        start = len(history) - self.newest
        return History(history.item_indices[start:], history.ratings[start:], history.times[start:])

    def weigh(self, history: History) -> Vector:
        """Weigh each rating.

        Parameters
        ----------
        history : History
            Oldest first. Where no rating is dated, nothing fades: their order says nothing.

        Returns
        -------
        ndarray of shape (n_rated,), float32
            Positive weights.
        """
        n_rated = len(history)
        weights = np.ones(n_rated, np.float32)
        if self.half_life > 0 and history.is_dated:
            age = np.arange(n_rated - 1, -1, -1, dtype=np.float32)
            weights = self.floor + (1 - self.floor) * np.exp2(-age / self.half_life)
        if self.star_exponent:
            weights = weights * (history.ratings / 5.0) ** self.star_exponent
        return weights.astype(np.float32, copy=False)
