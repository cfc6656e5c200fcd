"""What every rater promises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from matinee.scoring.arrays import Indices, Vector
from matinee.scoring.history import History


@dataclass(frozen=True, slots=True)
class RatedUser:
    """A user as a rater sees one.

    Parameters
    ----------
    history : History
        What the user rated, empty when nothing is known.
    bias : float, optional
        The user's trained bias in stars; None when the rater was not trained on the user.
    factors : ndarray of shape (n_factors,), float32, optional
        The user's trained factors; None when there are none.
    """

    history: History
    bias: float | None = None
    factors: Vector | None = None


class Rater(Protocol):
    """Predicts stars."""

    def predict(self, user: RatedUser, item_indices: Indices) -> Vector:
        """Predict this user's ratings.

        Parameters
        ----------
        user : RatedUser
            Trained parameters where there are any, and the history.
        item_indices : ndarray of shape (n,), integer
            Rows of the items in question.

        Returns
        -------
        ndarray of shape (n,), float64
            Stars, clipped to the scale.
        """
        ...
