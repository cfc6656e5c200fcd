"""The lists that were sent: how much of the catalogue they show, and what users then rated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from drift_monitor.chance import N_DRAWS, UserRows, spread, spread_of_statistic
from drift_monitor.measures import Finding
from matinee.artifacts.model import Model
from matinee.artifacts.users import user_history
from matinee.domain.recommendation import Strategy
from matinee.evaluation.metrics import catalogue_coverage, ndcg_at_n
from matinee.scoring.arrays import Indices, Mask, Vector
from matinee.scoring.ranking import rank_top_n
from matinee.stores.arrivals import ArrivedRatings, SentList

N = 10
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
    """Measure coverage, fallbacks, and hits among later ratings."""
    judged = first_lists(lists)
    return {
        "coverage": _coverage(judged, model, n_needed, rng),
        "fallbacks": _fallbacks(lists, n_needed),
        **_quality(judge(judged, arrived), model, n_needed, rng),
    }


def first_lists(lists: Sequence[SentList]) -> list[SentList]:
    """Return each user's first whole list, so that nobody counts twice."""
    firsts: dict[int, SentList] = {}
    for sent in lists:
        is_narrowed = any(sent.filters.get(name) for name in _NARROWING)
        if len(sent.movie_ids) >= N and not is_narrowed:
            firsts.setdefault(sent.user_id, sent)
    return list(firsts.values())


@dataclass(frozen=True, slots=True)
class Judged:
    """Lists of users who rated something afterwards.

    Parameters
    ----------
    ndcg : ndarray of shape (n_lists,), float64
        NDCG@10 of each.
    is_hit : ndarray of shape (n_lists,), bool
        Whether the list held anything that the user then rated.
    is_popular : ndarray of shape (n_lists,), bool
        Whether the list was the same for everybody, because the user was new.
    """

    ndcg: Vector
    is_hit: Mask
    is_popular: Mask


def judge(lists: Sequence[SentList], arrived: ArrivedRatings) -> Judged:
    """Compare lists with what their users rated after they were sent; any stars count."""
    users = UserRows.of(arrived.user_ids)
    ids = arrived.user_ids[users.order[users.starts[:-1]]].tolist()
    place = {user_id: user for user, user_id in enumerate(ids)}
    hits, n_relevant, is_popular = [], [], []
    for sent in lists:
        if sent.user_id not in place:
            continue
        rows = users.rows_of(np.array([place[sent.user_id]]))
        later = arrived.movie_ids[rows[arrived.arrived[rows] > sent.sent]]
        if len(later):
            hits.append(np.isin(sent.movie_ids[:N], later))
            n_relevant.append(len(later))
            is_popular.append(sent.strategy == Strategy.POPULAR.value)
    found = np.array(hits, np.bool_).reshape(len(hits), N)
    return Judged(
        ndcg_at_n(found, np.array(n_relevant, np.int64)),
        np.asarray(found.any(axis=1)),
        np.array(is_popular, np.bool_),
    )


def _quality(
    judged: Judged, model: Model, n_needed: int, rng: np.random.Generator
) -> dict[str, Finding]:
    findings = {}
    for name, metric, values in (
        ("ndcg", "ndcg_at_10", judged.ndcg),
        ("hit_rate", "hit_rate_at_10", judged.is_hit.astype(np.float64)),
    ):
        expected = _expected(model, metric, judged.is_popular)
        n = len(values)
        if n < n_needed or not expected:
            why = None if n < n_needed else "The champion's evaluation does not say what to expect."
            findings[name] = Finding(n, n_needed, obstacle=why)
            continue
        value = float(values.mean())
        draws = (rng.integers(n, size=n) for _ in range(N_DRAWS))
        _, chance = spread_of_statistic(lambda rows, v=values: float(v[rows].mean()), draws)  # type: ignore[misc]
        loss = max(1 - value / expected, 0.0)
        findings[name] = Finding(n, n_needed, value, expected, loss, chance / expected)
    return findings


def _expected(model: Model, metric: str, is_popular: Mask) -> float | None:
    """Return what the champion's own evaluation promised for such a mix of lists."""
    metrics = model.manifest.metrics
    personal, popular = metrics.get(f"ranker.{metric}"), metrics.get(f"popularity.{metric}")
    if personal is None or popular is None or not len(is_popular):
        return None
    share = float(is_popular.mean())
    return share * popular + (1 - share) * personal


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
