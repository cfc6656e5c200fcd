"""Short histories, written as what was rated."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from matinee.scoring.arrays import Indices
from matinee.scoring.histories import Histories
from matinee.scoring.history import UNKNOWN_TIME, History


def history(
    rows: Sequence[int],
    stars: Sequence[float] | None = None,
    times: Sequence[int | None] | None = None,
) -> History:
    """Build a history; 3 stars each and undated unless said otherwise."""
    given = [UNKNOWN_TIME if time is None else time for time in times or [None] * len(rows)]
    return History(
        np.array(rows, np.int32),
        np.array(stars if stars is not None else [3.0] * len(rows), np.float32),
        np.array(given, np.int64),
    )


def histories_of(
    items_by_user: Sequence[Sequence[int]],
    *,
    times: Sequence[int] | None = None,
    rating: float = 4.0,
) -> Histories:
    """Build histories from each user's items, oldest first; one second apart unless told."""
    lengths = [len(items) for items in items_by_user]
    total = sum(lengths)
    return Histories(
        np.cumsum([0, *lengths], dtype=np.int64),
        np.array([item for items in items_by_user for item in items], np.int32),
        np.full(total, rating, np.float32),
        np.arange(total, dtype=np.int64) if times is None else np.array(times, np.int64),
    )


def undated(histories: Histories) -> Histories:
    """Return the same ratings without their times."""
    unknown: Indices = np.full(len(histories), UNKNOWN_TIME, np.int64)
    return Histories(histories.offsets, histories.item_indices, histories.ratings, unknown)
