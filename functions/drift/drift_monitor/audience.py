"""Who rates what: new users, new movies, and how much of it is about few movies."""

from __future__ import annotations

import numpy as np

from drift_monitor.chance import UserRows, above_chance, spread
from drift_monitor.measures import Finding
from drift_monitor.windows import Window
from matinee.scoring.arrays import Indices, Mask

TOP_SHARE = 0.01
_SUBSAMPLES = 20


def find_newcomers(
    *, reference: Window, current: Window, n_needed: int, rng: np.random.Generator
) -> dict[str, Finding]:
    """Measure how much is by users and on movies that the champion cannot know."""
    shares = {
        "new_users": (reference.is_new_user, current.is_new_user),
        "new_movies": (reference.is_new_movie, current.is_new_movie),
    }
    n = len(current)
    if n < n_needed:
        return {name: Finding(n, n_needed) for name in shares}
    if not reference.is_dated:
        why = "The champion's ratings have no times: nobody can tell whose were the first."
        return {name: Finding(n, n_needed, obstacle=why) for name in shares}
    return {
        name: _share(reference, of_reference, current, of_current, n_needed, rng)
        for name, (of_reference, of_current) in shares.items()
    }


def _share(
    reference: Window,
    of_reference: Mask,
    current: Window,
    of_current: Mask,
    n_needed: int,
    rng: np.random.Generator,
) -> Finding:
    pairs = UserRows.of(reference.user_ids).pairs(current.n_users, rng)
    differences = [
        float(of_reference[now].mean() - of_reference[before].mean()) for before, now in pairs
    ]
    chance = above_chance(np.abs(differences))
    normal = float(of_reference.mean())
    value = float(of_current.mean())
    # Fewer newcomers than usual are no trouble for the model.
    return Finding(len(current), n_needed, value, normal, max(value - normal, 0.0), chance)


def find_concentration(
    *, reference: Window, current: Window, n_needed: int, rng: np.random.Generator
) -> dict[str, Finding]:
    """Measure how much is about few movies."""
    # Concentration depends on how many ratings one looks at: both sides look at as many.
    n_rows = min(len(current), len(reference) // 2)
    names = ("popularity_gini", "popularity_top_share")
    if len(current) < n_needed or n_rows == 0:
        return {name: Finding(len(current), n_needed) for name in names}
    users = UserRows.of(reference.user_ids)
    normal = [concentration(reference.movie_ids[rows]) for rows in users.draws_of_rows(n_rows, rng)]
    found = np.mean([concentration(movies) for movies in _cuts(current, n_rows, rng)], axis=0)
    findings = {}
    for name, value, values in zip(names, found, np.array(normal).T, strict=True):
        median, chance = spread(values)
        score = abs(float(value) - median)
        findings[name] = Finding(len(current), n_needed, float(value), median, score, chance)
    return findings


def _cuts(current: Window, n_rows: int, rng: np.random.Generator) -> list[Indices]:
    if n_rows == len(current):
        return [current.movie_ids]
    draws = UserRows.of(current.user_ids).draws_of_rows(n_rows, rng)
    return [current.movie_ids[rows] for rows, _ in zip(draws, range(_SUBSAMPLES), strict=False)]


def concentration(movie_ids: Indices) -> tuple[float, float]:
    """Return how unevenly ratings are spread over the rated movies.

    Parameters
    ----------
    movie_ids : ndarray of shape (n_ratings,), integer
        At least one.

    Returns
    -------
    gini : float
        Gini coefficient of the number of ratings of each rated movie; 0 when all are alike.
    top_share : float
        Share of the ratings that the most rated hundredth of these movies has.

    References
    ----------
    Gini (1912); Abdollahpouri et al. (2019), "The Unfairness of Popularity Bias in
    Recommendation".
    """
    counts = np.sort(np.unique(movie_ids, return_counts=True)[1]).astype(np.float64)
    n = len(counts)
    gini = float(2 * (np.arange(1, n + 1) @ counts) / (n * counts.sum()) - (n + 1) / n)
    top = max(round(n * TOP_SHARE), 1)
    return gini, float(counts[-top:].sum() / counts.sum())
