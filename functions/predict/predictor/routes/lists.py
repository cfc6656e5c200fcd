"""Lists of recommendations and single predicted ratings."""

from __future__ import annotations

import time
from typing import Any
from uuid import uuid4

import numpy as np
from fastapi import APIRouter, Request, Response

from matinee.artifacts.model import Model
from matinee.domain.recommendation import RecommendedItem, Strategy
from matinee.errors import UnknownMovieError
from matinee.scoring.rater import RatedUser
from matinee.stores.answers import Answer
from matinee.web.measured import note_strategy
from predictor.dependencies import Uses
from predictor.histories import KnownUser, know_users, without_personal_scores
from predictor.metrics import LISTS
from predictor.recommend import STAR_DIGITS, history_of, recommend
from predictor.routes.replies import json_reply
from predictor.routes.wishes import columns_of, wish_of
from predictor.schemas import (
    BatchBody,
    BatchReply,
    FromRatingsBody,
    FromRatingsReply,
    Id,
    ListReply,
    PredictBody,
    RatingPrediction,
    WishBody,
)
from predictor.services import Services

router = APIRouter(tags=["recommendations"])

_LISTS = {strategy: LISTS.labels(strategy=strategy.value) for strategy in Strategy}
_WISHES = set(WishBody.model_fields)


# API Gateway drops a trailing slash from its routes and may drop it from a path.
@router.post("/predict", include_in_schema=False)
@router.post("/predict/", response_model=ListReply)
async def recommend_for_user(body: PredictBody, services: Uses, request: Request) -> Response:
    """Recommend movies to a user; a user without ratings gets popular ones."""
    started_at = time.perf_counter()
    model = services.champion.model()
    (user,) = know_users(model, services.ratings, [body.user_id])
    fields = _list_for(services, model, user, body.user_id, body, started_at)
    note_strategy(request.scope, fields["strategy"])
    return json_reply(fields)


@router.post("/predict/batch", response_model=BatchReply)
async def recommend_for_users(body: BatchBody, services: Uses, request: Request) -> Response:
    """Recommend movies to many users."""
    model = services.champion.model()
    users = know_users(model, services.ratings, body.user_ids)
    results = [
        _list_for(services, model, user, user_id, body, time.perf_counter())
        for user_id, user in zip(body.user_ids, users, strict=True)
    ]
    note_strategy(request.scope, "batch")
    return json_reply({"results": results})


@router.post("/predict/from-ratings", response_model=FromRatingsReply)
async def recommend_from_ratings(
    body: FromRatingsBody, services: Uses, request: Request
) -> Response:
    """Recommend movies that fit the given ratings; nothing is stored.

    Ratings with a time count more the newer they are; give all of them one, or none.
    """
    model = services.champion.model()
    movie_ids, ratings, times = columns_of(body.ratings)
    history = history_of(model.catalogue, movie_ids, ratings, times)
    items = recommend(model, RatedUser(history), wish_of(body))
    fields = _list_fields(model, None, Strategy.FROM_RATINGS, items)
    note_strategy(request.scope, fields["strategy"])
    _, is_known = model.catalogue.rows(movie_ids)
    return json_reply(fields | {"unknown_movie_ids": movie_ids[~is_known].tolist()})


@router.get("/predict/{user_id}/{movie_id}")
async def predict_rating(user_id: Id, movie_id: Id, services: Uses) -> RatingPrediction:
    """Predict the stars that a user would give a movie."""
    model = services.champion.model()
    row = model.catalogue.row(movie_id)
    if row is None:
        raise UnknownMovieError(
            f"movie_id: the model knows no movie {movie_id}", details={"movie_id": movie_id}
        )
    (user,) = know_users(model, services.ratings, [user_id])
    (stars,) = model.rater.predict(user.rated, np.array([row]))
    return RatingPrediction(
        user_id=user_id,
        movie_id=movie_id,
        predicted_rating=round(float(stars), STAR_DIGITS),
        strategy=user.strategy,
        model_version=model.manifest.version,
    )


def _list_for(
    services: Services,
    model: Model,
    user: KnownUser,
    user_id: int,
    body: WishBody,
    started_at: float,
) -> dict[str, Any]:
    """Make one user's list and keep it."""
    items = recommend(model, user.rated, wish_of(body))
    fields = _list_fields(model, user_id, user.strategy, items)
    services.answers.log(
        Answer(
            request_id=fields["request_id"],
            user_id=user_id,
            strategy=fields["strategy"],
            model_version=model.manifest.version,
            movie_ids=[item["movie_id"] for item in items],
            scores=[item["score"] for item in items],
            predicted_ratings=[item["predicted_rating"] for item in items],
            filters=_filters(body),
            duration_ms=(time.perf_counter() - started_at) * 1000,
        )
    )
    return fields


def _filters(body: WishBody) -> dict[str, Any]:
    """Return what a request asked for beside a user."""
    return (
        body.model_dump(include=_WISHES, exclude_unset=True)
        if body.model_fields_set & _WISHES
        else {}
    )


def _list_fields(
    model: Model, user_id: int | None, strategy: Strategy, items: list[RecommendedItem]
) -> dict[str, Any]:
    if items and items[0]["score"] <= 0:
        strategy = without_personal_scores(strategy)
    _LISTS[strategy].inc()
    return {
        "request_id": uuid4(),
        "user_id": user_id,
        "strategy": strategy.value,
        "model_version": model.manifest.version,
        "items": items,
    }
