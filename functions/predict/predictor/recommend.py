"""From a model and a history to a list with reasons; nothing is fetched here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matinee.artifacts.catalogue import Catalogue
from matinee.artifacts.model import Model
from matinee.domain.recommendation import Reason, RecommendedItem
from matinee.errors import InvalidRequestError
from matinee.scoring.arrays import Indices, Mask, Matrix, Vector
from matinee.scoring.candidates import select_candidates
from matinee.scoring.history import History
from matinee.scoring.ranking import rank_top_n
from matinee.scoring.rater import RatedUser

SCORE_DIGITS = 6
STAR_DIGITS = 2


@dataclass(frozen=True, slots=True)
class Wish:
    """What a caller wants of a list.

    Parameters
    ----------
    n : int
        Longest list wanted.
    genres : sequence of str, optional
        Movies need at least one of these; case does not matter.
    year_from, year_to : int, optional
        Both included.
    exclude : sequence of int
        Movie ids that may not be listed.
    include_seen : bool
        Whether rated movies may be listed.
    n_reasons : int
        Most reasons for each movie.
    """

    n: int
    genres: Sequence[str] | None = None
    year_from: int | None = None
    year_to: int | None = None
    exclude: Sequence[int] = ()
    include_seen: bool = False
    n_reasons: int = 3


def history_of(
    catalogue: Catalogue, movie_ids: Indices, ratings: Vector, times: Indices
) -> History:
    """Turn ratings into a history; movies that the model does not know are left out."""
    rows, is_known = catalogue.rows(movie_ids)
    if is_known.all():
        return History(rows, ratings, times)
    return History(rows[is_known], ratings[is_known], times[is_known])


def recommend(model: Model, user: RatedUser, wish: Wish) -> list[RecommendedItem]:
    """Make a list.

    Parameters
    ----------
    model : Model
        The champion.
    user : RatedUser
        History and trained parameters.
    wish : Wish
        Length, filters.

    Returns
    -------
    list of RecommendedItem
        Best first. Movies that the history does not speak for come last, most popular first,
        with score 0 and no reasons.

    Raises
    ------
    InvalidRequestError
        If a genre is not in the catalogue.
    """
    candidates = select_for(model.catalogue, wish, user.history.item_indices)
    votes = model.ranker.votes(user.history)
    scores = votes.scores()
    chosen = rank_top_n(scores, candidates & (scores > 0), wish.n)
    reasons = reasons_of(model, user.history, votes.contributions(chosen), wish.n_reasons)
    if len(chosen) < wish.n:
        candidates[chosen] = False
        candidates &= scores <= 0
        popular = rank_top_n(model.catalogue.item_popularity, candidates, wish.n - len(chosen))
        chosen = np.concatenate([chosen, popular])
        reasons += [[] for _ in popular]
    return _describe(model, user, chosen, np.maximum(scores[chosen], 0), reasons)


def select_for(catalogue: Catalogue, wish: Wish, rated: Indices) -> Mask:
    """Return which movies a wish allows to somebody who rated those at some rows."""
    excluded, is_known = catalogue.rows(wish.exclude)
    excluded = excluded[is_known]
    if not wish.include_seen:
        excluded = np.concatenate([excluded, rated])
    return select_candidates(
        catalogue.item_years,
        catalogue.item_genres,
        genre_columns=None if wish.genres is None else genre_columns(catalogue, wish.genres),
        year_from=wish.year_from,
        year_to=wish.year_to,
        excluded=excluded,
    )


def genre_columns(catalogue: Catalogue, genres: Sequence[str]) -> list[int]:
    """Return the columns of genres; an unknown name is an error that lists the known ones."""
    columns = {name.casefold(): column for column, name in enumerate(catalogue.genres)}
    unknown = [genre for genre in genres if genre.casefold() not in columns]
    if unknown:
        raise InvalidRequestError(
            f"genres: there is no genre {', '.join(unknown)}",
            details={"unknown": unknown, "known": list(catalogue.genres)},
        )
    return [columns[genre.casefold()] for genre in genres]


def _describe(
    model: Model,
    user: RatedUser,
    chosen: Indices,
    scores: Vector,
    reasons: Sequence[list[Reason]],
) -> list[RecommendedItem]:
    columns = zip(
        *model.catalogue.columns(chosen),
        np.round(scores, SCORE_DIGITS).tolist(),
        np.round(model.rater.predict(user, chosen), STAR_DIGITS).tolist(),
        reasons,
        strict=True,
    )
    return [
        {
            "movie_id": movie_id,
            "title": title,
            "year": year,
            "genres": genres,
            "score": score,
            "predicted_rating": stars,
            "because": because,
        }
        for movie_id, title, year, genres, score, stars, because in columns
    ]


def reasons_of(
    model: Model, history: History, contributions: Matrix, n_reasons: int
) -> list[list[Reason]]:
    """Return, for each row of contributions, the rated movies that added most."""
    n_reasons = min(n_reasons, len(history))
    if n_reasons == 0:
        return [[] for _ in contributions]
    best = np.argsort(-contributions, axis=1, kind="stable")[:, :n_reasons]
    rated = history.item_indices[best].ravel()
    parts = contributions[np.arange(len(best))[:, None], best].ravel().astype(np.float64)
    reasons: list[Reason] = [
        {"movie_id": movie_id, "title": title, "contribution": part}
        for movie_id, title, part in zip(
            model.catalogue.item_ids[rated].tolist(),
            model.catalogue.titles(rated),
            np.round(parts, SCORE_DIGITS).tolist(),
            strict=True,
        )
    ]
    return [
        [reason for reason in reasons[start : start + n_reasons] if reason["contribution"] > 0]
        for start in range(0, len(reasons), n_reasons)
    ]
