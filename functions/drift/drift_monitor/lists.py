"""The lists that were sent: how much of the catalogue they show, and what users then rated."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from drift_monitor.chance import N_DRAWS, spread
from drift_monitor.later_ratings import N, find_quality, judge
from drift_monitor.measures import Finding
from matinee.artifacts.model import Model
from matinee.artifacts.users import user_history
from matinee.domain.recommendation import Strategy
from matinee.evaluation.metrics import catalogue_coverage
from matinee.scoring.arrays import Indices, Vector
from matinee.scoring.ranking import rank_top_n
from matinee.stores.arrivals import ArrivedRatings, SentList

_POOL = 400
_FALLBACKS = {Strategy.FALLBACK_SNAPSHOT.value, Strategy.FALLBACK_POPULAR.value}
# What a caller asked for beyond length and reasons makes another list than the user's own.
_NARROWING = {"genres", "year_from", "year_to", "exclude", "include_seen"}


def find_lists(
    lists: Sequence[SentList],
    arrived: ArrivedRatings,
    model: Model,
    *,
    n_needed: int,
    rng: np.random.Generator,
) -> dict[str, Finding]:
    """Measure coverage and hits of the champion's lists, and how often any list was a fallback."""
    version = model.manifest.version
    # Until its promotion, and after a rollback, other versions made lists in the same window.
    judged = first_lists([sent for sent in lists if sent.model_version == version])
    return {
        "coverage": _coverage(judged, model, n_needed, rng),
        "fallbacks": _fallbacks(lists, n_needed),
        **find_quality(judge(judged, arrived), model.manifest, n_needed=n_needed, rng=rng),
    }


def first_lists(lists: Sequence[SentList]) -> list[SentList]:
    """Return each user's first whole list, so that nobody counts twice."""
    firsts: dict[int, SentList] = {}
    for sent in lists:
        is_narrowed = any(sent.filters.get(name) for name in _NARROWING)
        if len(sent.movie_ids) >= N and not is_narrowed:
            firsts.setdefault(sent.user_id, sent)
    return list(firsts.values())


def _fallbacks(lists: Sequence[SentList], n_needed: int) -> Finding:
    n = len(lists)
    if n < n_needed:
        return Finding(n, n_needed)
    share = sum(sent.strategy in _FALLBACKS for sent in lists) / n
    return Finding(n, n_needed, share, 0.0, share, 0.0)


def _coverage(
    lists: Sequence[SentList], model: Model, n_needed: int, rng: np.random.Generator
) -> Finding:
    pool = champion_lists(model, rng)
    # Coverage grows with the number of lists: both sides have as many.
    n = min(len(lists), len(pool) // 2)
    if n < n_needed:
        return Finding(n, n_needed)
    n_items = len(model.catalogue)
    rows, is_known = model.catalogue.rows(np.array([one.movie_ids[:N] for one in lists]))
    sent = np.where(is_known, rows, -1)
    # New users all get one list, on both sides.
    new = np.mean([one.strategy == Strategy.POPULAR.value for one in lists])
    value, _ = spread(_coverages(sent, n, n_items, rng))
    normal, chance = spread(_coverages(pool, max(round(n * (1 - new)), 1), n_items, rng))
    if not normal:
        why = "The champion's own users have seen its whole catalogue."
        return Finding(len(lists), n_needed, obstacle=why)
    loss = max(1 - value / normal, 0.0)
    return Finding(len(lists), n_needed, value, normal, loss, chance / normal)


def _coverages(lists: Indices, n: int, n_items: int, rng: np.random.Generator) -> Vector:
    """Return the coverage of `n` lists, drawn again and again."""
    draws = (lists[rng.permutation(len(lists))[:n]] for _ in range(N_DRAWS))
    return np.array([catalogue_coverage(drawn, n_items) for drawn in draws])


def champion_lists(model: Model, rng: np.random.Generator) -> Indices:
    """Return the champion's lists for users of its snapshot, shape (at most `_POOL`, N)."""
    n_users = model.manifest.data.n_users
    chosen = np.sort(rng.permutation(n_users)[:_POOL])
    lists = np.full((len(chosen), N), -1, np.int64)
    is_candidate = np.ones(len(model.catalogue), np.bool_)
    for place, user in enumerate(chosen.tolist()):
        history = user_history(model.users, user)
        is_candidate[history.item_indices] = False
        ranked = rank_top_n(model.ranker.score(history), is_candidate, N)
        is_candidate[history.item_indices] = True
        lists[place, : len(ranked)] = ranked
    return lists
