"""What users rated after a list, against what the evaluation promised after as many ratings."""

from __future__ import annotations

from collections.abc import Sequence
from math import log2
from pathlib import Path

import numpy as np
import pytest

from drift_monitor.later_ratings import Judged, find_quality, judge, promised
from drift_monitor.measures import MEASURES, Finding
from matinee.artifacts.manifest import ArtifactManifest, ListQuality
from matinee.domain.recommendation import Strategy
from matinee.evaluation.metrics import ndcg_at_n
from matinee.evaluation.next_ratings import NEXT_RATINGS
from matinee.stores.arrivals import SentList
from tests.support.drift_windows import Row, arrived, champion_of

TEN = list(range(1, 11))
CHANCE = 0.06
"""That a later rating is on one of the ten movies of the list before it."""


def sent(user_id: int, movie_ids: Sequence[int] = TEN, *, popular: bool = False) -> SentList:
    strategy = Strategy.POPULAR if popular else Strategy.MODEL
    return SentList(user_id, strategy.value, "v1", list(movie_ids), {}, 10.0)


def quality(n_relevant: int, hit_rate: float, n_users: int = 1000) -> ListQuality:
    return ListQuality(
        n_relevant=n_relevant, n_users=n_users, hit_rate_at_10=hit_rate, ndcg_at_10=hit_rate / 2
    )


def manifest_of(folder: Path, **qualities: Sequence[ListQuality]) -> ArtifactManifest:
    rows: list[Row] = [(1, 10, 4.0, 1)]
    return champion_of(folder, rows, list_quality=qualities).manifest


def judged_after(*n_later: int, popular: Sequence[bool] | None = None) -> Judged:
    n = len(n_later)
    is_popular = np.zeros(n, np.bool_) if popular is None else np.array(popular)
    return Judged(np.zeros(n), np.zeros(n, np.bool_), np.array(n_later), is_popular)


def test_quality_of_a_list_worked_out_by_hand() -> None:
    rows = [(1, 1, 4.0, 0), (1, 3, 0.5, 0), (1, 99, 4.0, 0)]
    judged = judge([sent(1)], arrived(rows))
    ideal = 1 + 1 / log2(3) + 1 / log2(4)
    assert judged.ndcg.tolist() == [pytest.approx((1 + 1 / log2(4)) / ideal)]
    assert (judged.is_hit.tolist(), judged.n_later.tolist()) == ([True], [3])


def test_eleventh_movie_of_a_long_list_is_no_hit() -> None:
    judged = judge([sent(1, range(1, 21))], arrived([(1, 11, 4.0, 0)]))
    assert (judged.ndcg.tolist(), judged.is_hit.tolist()) == ([0], [False])


def test_only_what_was_rated_after_the_list_counts() -> None:
    rows: list[Row] = [(1, 1, 4.0, 0), (1, 2, 4.0, 0), (2, 1, 4.0, 0)]
    judged = judge([sent(1), sent(2)], arrived(rows, [10, 11, 9]))
    # User 2 rated nothing since: that says nothing of the list.
    assert judged.ndcg.tolist() == [pytest.approx(1 / log2(3))]


def test_nobody_rated_anything_since() -> None:
    judged = judge([sent(1)], arrived([]))
    assert [len(getattr(judged, name)) for name in Judged.__slots__] == [0] * 4


def test_promise_depends_on_how_much_was_rated_afterwards_and_on_the_kind_of_list(
    tmp_path: Path,
) -> None:
    manifest = manifest_of(
        tmp_path,
        ranker=[quality(1, 0.1), quality(2, 0.2), quality(8, 0.6)],
        popularity=[quality(1, 0.05), quality(4, 0.1)],
    )
    judged = judged_after(1, 4, 300, 1, 2, popular=[False] * 3 + [True] * 2)
    found = promised(judged, manifest, "hit_rate_at_10")
    # Between two numbers it is halfway after twice as many; beyond the last, that of the last.
    assert found.tolist() == pytest.approx([0.1, 0.4, 0.6, 0.05, 0.075])


def test_number_of_ratings_that_few_users_were_judged_by_is_answered_by_the_nearest(
    tmp_path: Path,
) -> None:
    thin = [quality(1, 0.9, n_users=20), quality(2, 0.2), quality(4, 0.5, n_users=40)]
    manifest = manifest_of(tmp_path, ranker=thin)
    assert promised(judged_after(1, 2, 4), manifest, "hit_rate_at_10").tolist() == [0.2] * 3


def find(judged: Judged, manifest: ArtifactManifest) -> dict[str, Finding]:
    return find_quality(judged, manifest, n_needed=2, rng=np.random.default_rng(0))


def test_loss_is_the_part_of_the_promise_that_was_not_kept(tmp_path: Path) -> None:
    manifest = manifest_of(tmp_path, ranker=[quality(1, 0.5)])
    judged = Judged(
        np.array([0.25, 0.25]), np.array([True, False]), np.array([1, 1]), np.zeros(2, np.bool_)
    )
    found = find(judged, manifest)
    assert (found["hit_rate"].value, found["hit_rate"].score) == (0.5, 0)
    assert (found["ndcg"].reference, found["ndcg"].score) == (0.25, 0)
    worse = find(
        Judged(judged.ndcg / 4, judged.is_hit, judged.n_later, judged.is_popular), manifest
    )
    assert worse["ndcg"].score == pytest.approx(0.75)


def test_champion_of_an_older_version_promises_nothing_and_says_so(tmp_path: Path) -> None:
    found = find(judged_after(1, 1), manifest_of(tmp_path))
    for one in found.values():
        assert (one.score, one.n) == (None, 2)
        assert "does not say what to expect" in (one.obstacle or "")


def test_champion_that_was_evaluated_on_next_to_nothing_says_so(tmp_path: Path) -> None:
    manifest = manifest_of(tmp_path, ranker=[quality(1, 0.5, n_users=40)])
    assert "too little" in (find(judged_after(1, 1), manifest)["ndcg"].obstacle or "")


def test_lists_for_new_users_alone_need_no_promise_about_others(tmp_path: Path) -> None:
    manifest = manifest_of(tmp_path, popularity=[quality(1, 0.5)])
    found = find(judged_after(1, 1, popular=[True, True]), manifest)
    assert found["hit_rate"].score == 1


def simulated(n_users: int, n_later: int, chance: float, rng: np.random.Generator) -> Judged:
    """Let every later rating be on the list with the same chance, on any of its movies."""
    hits = np.zeros((n_users, 10), np.bool_)
    for user, n_found in enumerate(rng.binomial(n_later, chance, n_users).tolist()):
        hits[user, rng.permutation(10)[:n_found]] = True
    counts = np.full(n_users, n_later)
    return Judged(ndcg_at_n(hits, counts), hits.any(axis=1), counts, np.zeros(n_users, np.bool_))


@pytest.fixture(scope="module")
def steady(tmp_path_factory: pytest.TempPathFactory) -> ArtifactManifest:
    """A champion whose evaluation found `CHANCE` after every number of ratings."""
    rng = np.random.default_rng(3)
    points = []
    for n_relevant in NEXT_RATINGS:
        found = simulated(4000, n_relevant, CHANCE, rng)
        points.append(
            ListQuality(
                n_relevant=n_relevant,
                n_users=4000,
                hit_rate_at_10=float(found.is_hit.mean()),
                ndcg_at_10=float(found.ndcg.mean()),
            )
        )
    return manifest_of(tmp_path_factory.mktemp("steady"), ranker=points)


def is_drift(found: Finding, name: str) -> bool:
    assert found.score is not None
    return found.score > max(MEASURES[name].threshold, found.chance or 0)


@pytest.mark.parametrize("n_later", [1, 3, 10, 30])
@pytest.mark.parametrize("name", ["hit_rate", "ndcg"])
def test_lists_that_are_as_good_as_ever_are_no_drift_however_much_is_rated_afterwards(
    steady: ArtifactManifest, n_later: int, name: str
) -> None:
    rng = np.random.default_rng(5)
    for _ in range(5):
        assert not is_drift(find(simulated(400, n_later, CHANCE, rng), steady)[name], name)


@pytest.mark.parametrize("n_later", [1, 3, 10, 30])
def test_lists_that_find_half_as_much_are_drift_however_much_is_rated_afterwards(
    steady: ArtifactManifest, n_later: int
) -> None:
    judged = simulated(2000, n_later, CHANCE / 2, np.random.default_rng(5))
    found = find(judged, steady)
    assert is_drift(found["ndcg"], "ndcg")
    # After thirty ratings nearly everybody is hit by something: that much says less.
    assert is_drift(found["hit_rate"], "hit_rate") or n_later == 30
