"""Whether lists are as good as the champion's evaluation promised, on what users then rated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from drift_monitor.chance import N_DRAWS, UserRows, spread_of_statistic
from drift_monitor.measures import Finding
from matinee.artifacts.manifest import ArtifactManifest, ListQuality
from matinee.domain.recommendation import Strategy
from matinee.evaluation.metrics import ndcg_at_n
from matinee.scoring.arrays import Indices, Mask, Vector
from matinee.stores.arrivals import ArrivedRatings, SentList

N = 10
LEAST_TEST_HITS = 25
"""With fewer lists that hit, an evaluation may itself be off by more than a fifth."""
_FIGURES = {"ndcg": "ndcg_at_10", "hit_rate": "hit_rate_at_10"}


@dataclass(frozen=True, slots=True)
class Judged:
    """Lists of users who rated something afterwards.

    Parameters
    ----------
    ndcg : ndarray of shape (n_lists,), float64
        NDCG@10 of each.
    is_hit : ndarray of shape (n_lists,), bool
        Whether the list held anything that the user then rated.
    n_later : ndarray of shape (n_lists,), int64
        How many movies the user then rated; at least 1.
    is_popular : ndarray of shape (n_lists,), bool
        Whether the list was the same for everybody, because the user was new.
    """

    ndcg: Vector
    is_hit: Mask
    n_later: Indices
    is_popular: Mask


def judge(lists: Sequence[SentList], arrived: ArrivedRatings) -> Judged:
    """Compare lists with what their users rated after they were sent; any stars count."""
    users = UserRows.of(arrived.user_ids)
    ids = arrived.user_ids[users.order[users.starts[:-1]]].tolist()
    place = {user_id: user for user, user_id in enumerate(ids)}
    hits, n_later, is_popular = [], [], []
    for sent in lists:
        if sent.user_id not in place:
            continue
        rows = users.rows_of(np.array([place[sent.user_id]]))
        later = arrived.movie_ids[rows[arrived.arrived[rows] > sent.sent]]
        if len(later):
            hits.append(np.isin(sent.movie_ids[:N], later))
            n_later.append(len(later))
            is_popular.append(sent.strategy == Strategy.POPULAR.value)
    found = np.array(hits, np.bool_).reshape(len(hits), N)
    counts = np.array(n_later, np.int64)
    return Judged(
        ndcg_at_n(found, counts),
        np.asarray(found.any(axis=1)),
        counts,
        np.array(is_popular, np.bool_),
    )


def find_quality(
    judged: Judged, manifest: ArtifactManifest, *, n_needed: int, rng: np.random.Generator
) -> dict[str, Finding]:
    """Measure how much of the promised quality is lost."""
    values = {"ndcg": judged.ndcg, "hit_rate": judged.is_hit.astype(np.float64)}
    n = len(judged.n_later)
    if n < n_needed:
        return {name: Finding(n, n_needed) for name in values}
    if obstacle := _obstacle(judged, manifest):
        return {name: Finding(n, n_needed, obstacle=obstacle) for name in values}
    return {
        name: _loss(found, promised(judged, manifest, _FIGURES[name]), n_needed, rng)
        for name, found in values.items()
    }


def promised(judged: Judged, manifest: ArtifactManifest, figure: str) -> Vector:
    """Return what the evaluation says of lists after which as many ratings came, for each list."""
    after = np.log2(judged.n_later)
    found = np.zeros(len(after))
    for method, is_of_method in _methods(judged).items():
        known = _usable(manifest, method)
        if known:
            at = np.log2([one.n_relevant for one in known])
            # Beyond the ends the nearest says least wrong.
            figures = np.interp(after, at, [getattr(one, figure) for one in known])
            found[is_of_method] = figures[is_of_method]
    return found


def _loss(values: Vector, promised: Vector, n_needed: int, rng: np.random.Generator) -> Finding:
    n, value, expected = len(values), float(values.mean()), float(promised.mean())

    def loss(rows: Indices) -> float:
        return float((promised[rows] - values[rows]).mean() / expected)

    draws = (rng.integers(n, size=n) for _ in range(N_DRAWS))
    _, chance = spread_of_statistic(loss, draws)
    return Finding(n, n_needed, value, expected, max(loss(np.arange(n)), 0.0), chance)


def _obstacle(judged: Judged, manifest: ArtifactManifest) -> str | None:
    methods = [method for method, is_of_method in _methods(judged).items() if is_of_method.any()]
    if any(not manifest.list_quality.get(method) for method in methods):
        return "The champion's evaluation does not say what to expect; that of the next one will."
    if any(not _usable(manifest, method) for method in methods):
        return f"The champion's evaluation found too little; it takes {LEAST_TEST_HITS} hits."
    return None


def _methods(judged: Judged) -> dict[str, Mask]:
    return {"ranker": ~judged.is_popular, "popularity": judged.is_popular}


def _usable(manifest: ArtifactManifest, method: str) -> list[ListQuality]:
    known = manifest.list_quality.get(method, ())
    return [one for one in known if one.n_users * one.hit_rate_at_10 >= LEAST_TEST_HITS]
