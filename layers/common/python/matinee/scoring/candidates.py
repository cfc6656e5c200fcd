"""Which items a request allows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from matinee.scoring.arrays import Indices, Mask

UNKNOWN_YEAR = 0


def select_candidates(
    item_years: Indices,
    item_genres: Mask,
    *,
    genre_columns: Sequence[int] | None = None,
    year_from: int | None = None,
    year_to: int | None = None,
    excluded: Indices | None = None,
) -> Mask:
    """Apply a request's filters.

    Parameters
    ----------
    item_years : ndarray of shape (n_items,), integer
        `UNKNOWN_YEAR` where unknown; such items fail any filter on years.
    item_genres : ndarray of shape (n_items, n_genres), bool
        Which genres each item has.
    genre_columns : sequence of int, optional
        Items need at least one of these genres.
    year_from, year_to : int, optional
        First and last year allowed, both included.
    excluded : ndarray of shape (n_excluded,), integer, optional
        Rows that may not be listed, rated ones for example.

    Returns
    -------
    ndarray of shape (n_items,), bool
        True where the item may be listed.
    """
    allowed = np.ones(len(item_years), np.bool_)
    if genre_columns is not None:
        allowed &= item_genres[:, list(genre_columns)].any(axis=1)
    if year_from is not None:
        allowed &= item_years >= max(year_from, UNKNOWN_YEAR + 1)
    if year_to is not None:
        allowed &= (item_years <= year_to) & (item_years != UNKNOWN_YEAR)
    if excluded is not None:
        allowed[excluded] = False
    return allowed
