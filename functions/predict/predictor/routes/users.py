"""Histories, new ratings, feedback, forgetting."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from matinee.domain.ratings import Rating
from matinee.errors import NotFoundError
from matinee.stores.ratings import RatedMovie
from matinee.web.admin import admin_only
from predictor.dependencies import Uses, get_settings
from predictor.routes.replies import movie_fields
from predictor.schemas import (
    FeedbackBody,
    ForgottenUser,
    Id,
    RatingBody,
    SavedFeedback,
    SavedRating,
    TakenBack,
    UserPage,
    UserRating,
    UserRatings,
    UserSummary,
)

router = APIRouter(tags=["users"])


@router.get("/users")
async def list_users(
    services: Uses,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> UserPage:
    """List users who have ratings, by id."""
    users = services.statistics.users(limit=limit + 1, offset=offset)
    items = [
        UserSummary(
            user_id=user.user_id, n_ratings=user.n_ratings, last_rated_at=user.last_rated_at
        )
        for user in users[:limit]
    ]
    return UserPage(limit=limit, offset=offset, has_more=len(users) > limit, items=items)


@router.get("/users/{user_id}/ratings")
async def user_ratings(
    user_id: Id,
    services: Uses,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> UserRatings:
    """Return what a user rated, newest first; nothing for a user without ratings."""
    rated, total = services.ratings.rated_movies(user_id, limit=limit, offset=offset)
    items = [_user_rating(entry) for entry in rated]
    return UserRatings(user_id=user_id, total=total, limit=limit, offset=offset, items=items)


@router.get("/users/{user_id}/ratings/{movie_id}")
async def user_rating(user_id: Id, movie_id: Id, services: Uses) -> UserRating:
    """Return what a user gave a movie."""
    entry = services.ratings.rated_movie(user_id, movie_id)
    if entry is None:
        raise _no_rating(user_id, movie_id)
    return _user_rating(entry)


@router.post("/ratings")
async def save_rating(body: RatingBody, services: Uses) -> SavedRating:
    """Store a new or changed rating; the next list knows it."""
    rated_at = body.rated_at or datetime.now(UTC)
    rating = Rating(body.user_id, body.movie_id, body.rating, rated_at)
    replaced = services.ratings.save(rating)
    return SavedRating(
        user_id=rating.user_id,
        movie_id=rating.movie_id,
        rating=rating.rating,
        rated_at=rated_at,
        replaced=replaced,
    )


@router.delete("/users/{user_id}/ratings/{movie_id}")
async def take_rating_back(user_id: Id, movie_id: Id, services: Uses) -> TakenBack:
    """Delete one rating; the next list knows it."""
    rating = services.ratings.take_back(user_id, movie_id)
    if rating is None:
        raise _no_rating(user_id, movie_id)
    return TakenBack(user_id=user_id, movie_id=movie_id, rating=rating)


@router.post("/feedback")
async def save_feedback(body: FeedbackBody, services: Uses) -> SavedFeedback:
    """Store a click, a watch or a dismissal."""
    services.answers.save_feedback(body.request_id, body.movie_id, body.action, body.user_id)
    return SavedFeedback(request_id=body.request_id, movie_id=body.movie_id, action=body.action)


@router.delete("/users/{user_id}", dependencies=[Depends(admin_only(get_settings))])
async def forget_user(user_id: Id, services: Uses) -> ForgottenUser:
    """Delete a user's ratings, lists and feedback. Needs the admin token.

    The serving model keeps the user's history until the next training replaces it, but uses it
    only while the database is down.
    """
    forgotten = services.ratings.forget_user(user_id)
    return ForgottenUser(
        user_id=user_id,
        ratings=forgotten.ratings,
        recommendation_logs=forgotten.recommendation_logs,
        feedback=forgotten.feedback,
    )


def _user_rating(entry: RatedMovie) -> UserRating:
    return UserRating(
        **movie_fields(entry.movie), rating=entry.rating.rating, rated_at=entry.rating.rated_at
    )


def _no_rating(user_id: int, movie_id: int) -> NotFoundError:
    return NotFoundError(
        f"user {user_id} has no rating of movie {movie_id}",
        details={"user_id": user_id, "movie_id": movie_id},
    )
