"""The champion and its challenger on the same ratings, which neither of them has seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from matinee.artifacts.model import Model
from matinee.artifacts.users import rated_user
from matinee.evaluation.protocol import ListScorer, evaluate_lists, select_test_users
from matinee.evaluation.splits import HoldOut
from matinee.scoring.arrays import Indices, Mask, Vector
from matinee.scoring.history import History
from matinee.stores.snapshot import Snapshot
from trainer.promotion import LIST_QUALITY, STAR_ERROR, HeadToHead, Tolerance
from trainer.ranker import FittedRanker
from trainer.rater import FittedRater

MIN_USERS = 10
MIN_RATINGS = 100
MAX_USERS = 2_000
N_DRAWS = 200
ONE_SIDED = 1.64
"""Standard deviations that one in twenty exceeds."""


@dataclass(frozen=True, slots=True)
class Results:
    """How good one model is for each user.

    Parameters
    ----------
    ndcg : ndarray of shape (n_users,), float64
        NDCG@10.
    squared_errors : ndarray of shape (n_users,), float64
        Sum over the user's held-out ratings, in square stars.
    counts : ndarray of shape (n_users,), int64
        How many held-out ratings each user has.
    """

    ndcg: Vector
    squared_errors: Vector
    counts: Indices

    def metrics(self, users: Indices | slice = slice(None)) -> dict[str, float]:
        """Return the metrics over some users, repeated ones as often as given."""
        error = self.squared_errors[users].sum() / self.counts[users].sum()
        return {
            LIST_QUALITY: float(self.ndcg[users].mean()),
            STAR_ERROR: float(np.sqrt(error)),
        }


def compare(
    champion: Model,
    ranker: FittedRanker,
    rater: FittedRater,
    snapshot: Snapshot,
    split: HoldOut,
    *,
    seed: int,
) -> HeadToHead | None:
    """Judge both on held-out ratings that the champion's snapshot did not hold.

    `ranker` and `rater` were fitted on the training part of `split`. None when there are too few
    ratings to say anything.
    """
    known = Known.of(champion, snapshot)
    fresh = known.unseen_among_held_out(split)
    histories, n_items = snapshot.histories, snapshot.n_items
    # What is held out and not fresh counts as history for both: the champion has seen it.
    fresh_split = HoldOut(histories.keep(~fresh), histories.keep(fresh))
    rng = np.random.default_rng(seed)
    users = select_test_users(fresh_split, rng=rng, max_users=MAX_USERS)
    counts = fresh_split.test.lengths[users]
    if len(users) < MIN_USERS or counts.sum() < MIN_RATINGS:
        return None

    def judge(scorer: ListScorer, predict: Callable[[int], Vector]) -> Results:
        lists = evaluate_lists(scorer, fresh_split, users=users, n_items=n_items)
        errors = [predict(int(u)) - fresh_split.test.of(int(u)).ratings for u in users]
        return Results(lists.ndcg, np.array([(e**2).sum() for e in errors]), counts)

    serving = rater.exported.rater()
    theirs = judge(known.score, lambda user: known.predict(fresh_split, user))
    ours = judge(
        lambda _user, history: ranker.scorer.score(history),
        lambda user: serving.predict(
            rater.rated_user(fresh_split.train, user), fresh_split.test.of(user).item_indices
        ),
    )
    return HeadToHead(
        n_ratings=int(counts.sum()),
        n_users=len(users),
        champion=theirs.metrics(),
        challenger=ours.metrics(),
        noise=noise_between(theirs, ours, rng),
    )


def noise_between(theirs: Results, ours: Results, rng: np.random.Generator) -> Tolerance:
    """Measure by drawing users with replacement how much the differences scatter."""
    differences = []
    for _ in range(N_DRAWS):
        users = rng.integers(len(ours.counts), size=len(ours.counts))
        before, now = (results.metrics(users) for results in (theirs, ours))
        differences.append([now[name] - before[name] for name in (LIST_QUALITY, STAR_ERROR)])
    ndcg, stars = ONE_SIDED * np.std(differences, axis=0)
    quality = max(theirs.metrics()[LIST_QUALITY], np.finfo(float).tiny)
    return Tolerance(ndcg_share=float(ndcg / quality), rmse_stars=float(stars))


@dataclass(frozen=True, slots=True)
class Known:
    """What the champion knows of a snapshot.

    Parameters
    ----------
    items : ndarray of shape (n_items,), int64
        The champion's row of each item of the snapshot, -1 where it knows none.
    users : ndarray of shape (n_users,), int64
        The same of users.
    """

    champion: Model
    snapshot: Snapshot
    items: Indices
    users: Indices

    @classmethod
    def of(cls, champion: Model, snapshot: Snapshot) -> Known:
        """Find the snapshot's items and users in the champion."""
        item_ids = np.array([movie.movie_id for movie in snapshot.movies], np.int64)
        user_ids = champion.users.rows("user_ids", 0, champion.manifest.data.n_users)
        return cls(
            champion,
            snapshot,
            _places(np.asarray(champion.catalogue.item_ids), item_ids),
            _places(np.asarray(user_ids), snapshot.user_ids),
        )

    def unseen_among_held_out(self, split: HoldOut) -> Mask:
        """Return which of the snapshot's ratings are held out and new to the champion."""
        histories, facts = self.snapshot.histories, self.champion.manifest.data
        rows = self.champion.users.rows
        lengths = np.diff(rows("history_offsets", 0, facts.n_users + 1))
        n_items = len(self.champion.catalogue)
        seen = np.repeat(np.arange(facts.n_users), lengths) * n_items + rows(
            "history_items", 0, facts.n_ratings
        )
        users, items = self.users[histories.user_indices], self.items[histories.item_indices]
        is_new = (users < 0) | (items < 0) | ~np.isin(users * n_items + items, seen)
        n_all = self.snapshot.n_items
        held_out = split.test.user_indices.astype(np.int64) * n_all + split.test.item_indices
        pairs = histories.user_indices.astype(np.int64) * n_all + histories.item_indices
        return np.asarray(is_new & np.isin(pairs, held_out))

    def score(self, _user: int, history: History) -> Vector:
        """Score the snapshot's items as the champion does; those it does not know come last."""
        scores = self.champion.ranker.score(self._translate(history))
        return np.where(self.items >= 0, scores[self.items], scores.min() - 1)

    def predict(self, split: HoldOut, user: int) -> Vector:
        """Predict the stars of a user's held-out ratings as the champion does."""
        row = int(self.users[user])
        history = self._translate(split.train.of(user))
        known = rated_user(self.champion.users, row if row >= 0 else None, history)
        items = self.items[split.test.of(user).item_indices]
        stars = np.full(len(items), self.champion.manifest.rater.global_mean)
        stars[items >= 0] = self.champion.rater.predict(known, items[items >= 0])
        return stars

    def _translate(self, history: History) -> History:
        items = self.items[history.item_indices]
        is_known = items >= 0
        return History(items[is_known], history.ratings[is_known], history.times[is_known])


def _places(ids: Indices, wanted: Indices) -> Indices:
    places = np.searchsorted(ids, wanted)
    places[places == len(ids)] = 0
    return np.where(ids[places] == wanted, places, -1) if len(ids) else np.full(len(wanted), -1)
