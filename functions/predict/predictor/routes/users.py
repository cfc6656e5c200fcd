"""Histories, new ratings, feedback, forgetting."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from matinee.domain.ratings import Rating
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
    UserRating,
    UserRatings,
)

router = APIRouter(tags=["users"])


@router.get("/users/{user_id}/ratings")
async def user_ratings(
    user_id: Id,
    services: Uses,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> UserRatings:
    """Return what a user rated, newest first; nothing for a user without ratings."""
    rated, total = services.ratings.rated_movies(user_id, limit=limit, offset=offset)
    items = [
        UserRating(
            **movie_fields(entry.movie),
            rating=entry.rating.rating,
            rated_at=entry.rating.rated_at,
        )
        for entry in rated
    ]
    return UserRatings(user_id=user_id, total=total, limit=limit, offset=offset, items=items)


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
