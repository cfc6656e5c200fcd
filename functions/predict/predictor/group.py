"""From a model and several histories to one list with everybody's opinion; nothing is fetched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from matinee.artifacts.model import Model
from matinee.scoring.arrays import Indices, Mask, Matrix, Vector
from matinee.scoring.group import GroupMethod, rank_for_group, satisfactions
from matinee.scoring.item_item import Votes
from matinee.scoring.ranking import rank_top_n
from matinee.scoring.rater import RatedUser
from predictor.recommend import (
    SCORE_DIGITS,
    STAR_DIGITS,
    Wish,
    reasons_of,
    select_for,
)

_SHORTLIST = 1_000


@dataclass(frozen=True, slots=True)
class _Member:
    """A member with what the ranker says; popularity where it says nothing."""

    user: RatedUser
    votes: Votes
    scores: Vector
    is_personal: bool


@dataclass(frozen=True, slots=True)
class GroupList:
    """A list for a group.

    `is_personal` tells for each member whether the ranker had anything to say.
    """

    items: list[dict[str, Any]]
    is_personal: list[bool]


def recommend_to_group(
    model: Model, users: Sequence[RatedUser], wish: Wish, method: GroupMethod
) -> GroupList:
    """Make one list for several people.

    Stars are predicted only for a shortlist of about a thousand movies: those that each member's
    ranker, all of them together and popularity put first.

    Parameters
    ----------
    model : Model
        The champion.
    users : sequence of RatedUser
        The members; at least one.
    wish : Wish
        Length, filters. Unless seen movies are included, what any member rated is left out.
    method : GroupMethod
        How opinions are joined.

    Returns
    -------
    GroupList
        Best first.

    Raises
    ------
    InvalidRequestError
        If a genre is not in the catalogue.
    """
    rated = np.concatenate([user.history.item_indices for user in users])
    allowed = select_for(model.catalogue, wish, rated)
    members = [_hear(model, user, allowed) for user in users]
    rows = _shortlist(model, members, allowed, wish.n)
    scores = np.stack([member.scores[rows] for member in members])
    stars = np.stack([model.rater.predict(member.user, rows) for member in members])
    satisfaction = satisfactions(scores, stars)
    places, group_scores = rank_for_group(satisfaction, method, wish.n)
    opinions = [
        _opinions(model, member, rows[places], stars[m, places], satisfaction[m, places], wish)
        for m, member in enumerate(members)
    ]
    columns = zip(
        *model.catalogue.columns(rows[places]),
        np.round(group_scores, SCORE_DIGITS).tolist(),
        zip(*opinions, strict=True),
        strict=True,
    )
    items = [
        {
            "movie_id": movie_id,
            "title": title,
            "year": year,
            "genres": genres,
            "score": score,
            "members": list(opinions_of_all),
        }
        for movie_id, title, year, genres, score, opinions_of_all in columns
    ]
    return GroupList(items, [member.is_personal for member in members])


def _hear(model: Model, user: RatedUser, allowed: Mask) -> _Member:
    votes = model.ranker.votes(user.history)
    scores = np.maximum(votes.scores(), 0)
    is_personal = bool((scores[allowed] > 0).any())
    if not is_personal:
        scores = model.catalogue.item_popularity.astype(np.float64)
    return _Member(user, votes, scores, is_personal)


def _shortlist(model: Model, members: Sequence[_Member], allowed: Mask, n: int) -> Indices:
    """Return rows, ascending; everybody's favourites are among them, and n movies if there are."""
    highest = [max(float(m.scores[allowed].max(initial=0)), 1e-12) for m in members]
    together: Matrix = np.sum(
        [m.scores / top for m, top in zip(members, highest, strict=True)], axis=0
    )
    orders = [*(member.scores for member in members), together, model.catalogue.item_popularity]
    share = max(_SHORTLIST // len(orders), n)
    rows: Indices = np.unique(np.concatenate([rank_top_n(o, allowed, share) for o in orders]))
    return rows


def _opinions(
    model: Model,
    member: _Member,
    rows: Indices,
    stars: Vector,
    satisfaction: Vector,
    wish: Wish,
) -> list[dict[str, Any]]:
    history = member.user.history
    rating_of = dict(zip(history.item_indices.tolist(), history.ratings.tolist(), strict=True))
    contributions = member.votes.contributions(rows)
    columns = zip(
        np.round(stars, STAR_DIGITS).tolist(),
        np.round(satisfaction, SCORE_DIGITS).tolist(),
        (rating_of.get(row) for row in rows.tolist()),
        reasons_of(model, history, contributions, wish.n_reasons),
        strict=True,
    )
    return [
        {
            "predicted_rating": predicted_rating,
            "satisfaction": satisfied,
            "seen": rating is not None,
            "rating": rating,
            "because": because,
        }
        for predicted_rating, satisfied, rating, because in columns
    ]
