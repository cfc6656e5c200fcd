"""Which history a list is made from, and what its strategy is called."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from matinee.artifacts.model import Model
from matinee.artifacts.users import rated_user, user_history
from matinee.domain.recommendation import Strategy
from matinee.errors import (
    ArtifactError,
    ArtifactStoreUnavailableError,
    MatineeError,
    RatingStoreUnavailableError,
)
from matinee.scoring.history import History
from matinee.scoring.rater import RatedUser
from matinee.stores.ratings import RatingStore, StoredHistory
from predictor.metrics import FALLBACKS, FallbackCause
from predictor.recommend import history_of

_WITHOUT_PERSONAL_SCORES = {
    Strategy.MODEL: Strategy.POPULAR,
    Strategy.FROM_RATINGS: Strategy.POPULAR,
    Strategy.FALLBACK_SNAPSHOT: Strategy.FALLBACK_POPULAR,
}

logger = logging.getLogger("matinee.histories")


@dataclass(frozen=True, slots=True)
class KnownUser:
    """A user as far as one is known right now, and what a list for one is called."""

    rated: RatedUser
    strategy: Strategy


def without_personal_scores(strategy: Strategy) -> Strategy:
    """Return what a strategy is called where the history speaks for no movie that is allowed."""
    return _WITHOUT_PERSONAL_SCORES.get(strategy, strategy)


def know_users(model: Model, ratings: RatingStore, user_ids: Sequence[int]) -> list[KnownUser]:
    """Find out about users, in the database or else in the model's own snapshot.

    Parameters
    ----------
    model : Model
        The champion.
    ratings : RatingStore
        The database.
    user_ids : sequence of int
        Who is asked about.

    Returns
    -------
    list of KnownUser
        In the order of `user_ids`.
    """
    try:
        stored = ratings.histories(user_ids, since=model.manifest.data.snapshot_at)
    except RatingStoreUnavailableError as error:
        logger.error("histories come from the model's snapshot: %s", error.message)
        FALLBACKS[FallbackCause.DATABASE_UNAVAILABLE].inc(len(user_ids))
        return [_from_snapshot(model, user_id) for user_id in user_ids]
    return [_from_database(model, user_id, stored.get(user_id)) for user_id in user_ids]


def _from_database(model: Model, user_id: int, stored: StoredHistory | None) -> KnownUser:
    if stored is None:
        return KnownUser(RatedUser(History.empty()), Strategy.POPULAR)
    history = history_of(model.catalogue, stored.movie_ids, stored.ratings, stored.times)
    if len(history) == 0:  # every rated movie is newer than the model
        return KnownUser(RatedUser(history), Strategy.POPULAR)
    row = _find(model, user_id)
    is_current = row is not None and not stored.is_newer
    strategy = Strategy.MODEL if is_current else Strategy.FROM_RATINGS
    return KnownUser(_trained_user(model, row, history), strategy)


def _from_snapshot(model: Model, user_id: int) -> KnownUser:
    row = _find(model, user_id)
    if row is None:
        return KnownUser(RatedUser(History.empty()), Strategy.FALLBACK_POPULAR)
    try:
        history = user_history(model.users, row)
    except (ArtifactStoreUnavailableError, ArtifactError) as error:
        _note_unreadable(error)
        return KnownUser(RatedUser(History.empty()), Strategy.FALLBACK_POPULAR)
    return KnownUser(_trained_user(model, row, history), Strategy.FALLBACK_SNAPSHOT)


def _find(model: Model, user_id: int) -> int | None:
    # The rows of many users stay in the bucket; without it, a user is one that the model
    # does not know, which the ranker can do as well.
    try:
        return model.users.find(user_id)
    except (ArtifactStoreUnavailableError, ArtifactError) as error:
        _note_unreadable(error)
        return None


def _trained_user(model: Model, row: int | None, history: History) -> RatedUser:
    try:
        return rated_user(model.users, row, history)
    except (ArtifactStoreUnavailableError, ArtifactError) as error:
        _note_unreadable(error)
        return RatedUser(history)


def _note_unreadable(error: MatineeError) -> None:
    FALLBACKS[FallbackCause.USER_ROWS_UNREADABLE].inc()
    logger.error("user rows cannot be read: %s", error.message)
