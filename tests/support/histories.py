"""Short histories, written as what was rated."""

from collections.abc import Sequence

import numpy as np

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
