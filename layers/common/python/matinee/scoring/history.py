"""What a user rated, oldest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from matinee.scoring.arrays import Indices, Vector

UNKNOWN_TIME = -1


@dataclass(frozen=True, slots=True)
class History:
    """One user's ratings as item rows.

    Parameters
    ----------
    item_indices : ndarray of shape (n_rated,), integer
        Rows of the rated items, in the order they were rated; undated ones first, each once.
    ratings : ndarray of shape (n_rated,), float32
        In stars.
    times : ndarray of shape (n_rated,), int64
        Seconds since 1970 UTC, `UNKNOWN_TIME` where the source did not say.
    """

    item_indices: Indices
    ratings: Vector
    times: Indices

    @classmethod
    def empty(cls) -> Self:
        """Return the history of somebody who rated nothing."""
        return cls(np.empty(0, np.int32), np.empty(0, np.float32), np.empty(0, np.int64))

    def __len__(self) -> int:
        return len(self.item_indices)

    @property
    def is_dated(self) -> bool:
        """Tell whether at least the newest rating has a time."""
        return len(self) > 0 and int(self.times[-1]) != UNKNOWN_TIME
