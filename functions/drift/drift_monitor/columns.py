"""The columns whose distributions are compared, and how far two distributions are apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drift_monitor.windows import Window
from matinee.scoring.arrays import Indices, Mask, Vector
from matinee.scoring.history import UNKNOWN_TIME

_DAY_SECONDS = 86_400
_WEEKDAYS = np.array(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"])
_FIRST_WEEKDAY = 3  # 1 January 1970 was a Thursday
_AGE_STARTS = (0, 1, 2, 5, 10, 20, 30, 50)
_AGES = np.array(["before", "0", "1", "2-4", "5-9", "10-19", "20-29", "30-49", "50+"])
_SMALL_SHARE = 0.0001
_STRAY_SHARE = 0.01
RARE_SHARE = 0.01
MISSING = ""


def columns_of(window: Window) -> dict[str, NDArray[np.str_]]:
    """Return the categories of every row by column, `MISSING` where a row says nothing.

    Hour and weekday (UTC) are those of visits: only the first rating of a user's day counts, or
    one evening of rating two hundred movies would be two hundred evenings.
    """
    hours = (window.times // 3600) % 24
    weekdays = (window.times // _DAY_SECONDS + _FIRST_WEEKDAY) % 7
    is_visit = _first_of_the_day(window)
    ages = 1970 + window.times / (365.2425 * _DAY_SECONDS) - window.years
    has_age = (window.times != UNKNOWN_TIME) & (window.years > 0)
    age_groups = _AGES[np.searchsorted(_AGE_STARTS, np.floor(ages), side="right")]
    return {
        "rating": np.char.mod("%g", window.ratings),
        "hour": np.where(is_visit, np.char.mod("%02d", hours), MISSING),
        "weekday": np.where(is_visit, _WEEKDAYS[weekdays], MISSING),
        "genre": window.genres,
        "movie_age": np.where(has_age, age_groups, MISSING),
    }


def days_of_visits(window: Window) -> float:
    """Return how many days the visits of a window are spread over.

    The first and the last hundredth are left out: one old rating among those of an hour makes no
    week, and as much as that is missing is added again.
    """
    times = window.times[_first_of_the_day(window)]
    if not len(times):
        return 0.0
    first, last = np.quantile(times, [_STRAY_SHARE, 1 - _STRAY_SHARE])
    return float((last - first) / (1 - 2 * _STRAY_SHARE) / _DAY_SECONDS)


def _first_of_the_day(window: Window) -> Mask:
    order = np.lexsort((window.times, window.user_ids))
    days = window.times[order] // _DAY_SECONDS
    users = window.user_ids[order]
    is_first = np.ones(len(window), np.bool_)
    is_first[1:] = (users[1:] != users[:-1]) | (days[1:] != days[:-1])
    found = np.zeros(len(window), np.bool_)
    found[order] = is_first
    is_visit: Mask = found & (window.times != UNKNOWN_TIME)
    return is_visit


def without_rare(
    reference: NDArray[np.str_], current: NDArray[np.str_]
) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
    """Mark categories as missing that are rare in both windows.

    One film noir more or less is no drift, but a PSI can be made of nothing else.
    """
    kept = _frequent(reference) | _frequent(current)
    return (
        np.where(np.isin(reference, list(kept)), reference, MISSING),
        np.where(np.isin(current, list(kept)), current, MISSING),
    )


def _frequent(column: NDArray[np.str_]) -> set[str]:
    names, counts = np.unique(column[column != MISSING], return_counts=True)
    return set(names[counts >= RARE_SHARE * counts.sum()].tolist())


@dataclass(frozen=True, slots=True)
class CodedColumn:
    """A column of two windows as numbers, so that subsets can be compared thousands of times.

    Parameters
    ----------
    n_categories : int
        Codes are 0 to ``n_categories - 1``, or -1 where a row says nothing.
    reference, current : ndarray of shape (n_ratings,), int64
        Codes.
    """

    n_categories: int
    reference: Indices
    current: Indices

    @classmethod
    def of(cls, reference: NDArray[np.str_], current: NDArray[np.str_]) -> CodedColumn:
        """Number the categories that either window has."""
        names, codes = np.unique(np.concatenate([reference, current]), return_inverse=True)
        if len(names) and names[0] == MISSING:
            names, codes = names[1:], codes - 1
        return cls(len(names), codes[: len(reference)], codes[len(reference) :])

    def count(self, codes: Indices) -> Indices:
        """Count the rows of each category."""
        return np.bincount(codes[codes >= 0], minlength=self.n_categories)


def psi(reference_counts: Indices, current_counts: Indices) -> float:
    """Population stability index of two distributions over the same categories.

    Equals Evidently's `psi` for categorical columns, its filling of empty categories included.

    Parameters
    ----------
    reference_counts, current_counts : ndarray of shape (n_categories,), integer
        Rows of each category.

    Returns
    -------
    float
        0 for equal shares; above 0.2 is by convention a large shift.

    References
    ----------
    Siddiqi (2006), "Credit Risk Scorecards".
    """
    reference, current = _shares(reference_counts), _shares(current_counts)
    return float(np.sum((reference - current) * np.log(reference / current)))


def _shares(counts: Indices) -> Vector:
    shares: Vector = counts / counts.sum()
    smallest = shares[shares > 0].min()
    shares[shares == 0] = smallest / 10**6 if smallest <= _SMALL_SHARE else _SMALL_SHARE
    return shares
