"""Which movies to ask a newcomer about, and becoming a user."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from fastapi import APIRouter

from predictor.dependencies import Uses
from predictor.newcomer_schemas import NewUser, NewUserBody, Question, Questions, QuestionsBody
from predictor.questions import choose_questions
from predictor.routes.replies import movie_fields

router = APIRouter()


@router.post("/movies/to-rate", tags=["movies"])
async def movies_to_rate(body: QuestionsBody, services: Uses) -> Questions:
    """Propose movies to rate: known, divisive, unlike one another and unlike those asked before."""
    model = services.champion.model()
    rows, entropies = choose_questions(
        model,
        services.opinions.entropies(model),
        asked=body.asked,
        exclude=body.exclude,
        n=body.n,
    )
    bits = [None] * len(rows) if entropies is None else entropies.round(3).tolist()
    items = [
        Question(**movie_fields(movie), n_ratings=int(n_ratings), entropy=entropy)
        for movie, n_ratings, entropy in zip(
            model.catalogue.movies(rows), model.catalogue.item_popularity[rows], bits, strict=True
        )
    ]
    return Questions(
        model_version=model.manifest.version,
        source="popularity" if entropies is None else "ratings",
        items=items,
    )


@router.post("/users", tags=["users"])
async def save_visitor(body: NewUserBody, services: Uses) -> NewUser:
    """Store a visitor's ratings under a new user id: all of them or none."""
    now = datetime.now(UTC)
    last = len(body.ratings) - 1
    # Ratings without a time keep the order in which they were given.
    user_id = services.ratings.save_new_user(
        [
            (r.movie_id, r.rating, r.rated_at or now - timedelta(microseconds=last - place))
            for place, r in enumerate(body.ratings)
        ]
    )
    return NewUser(user_id=user_id, ratings=len(body.ratings))
