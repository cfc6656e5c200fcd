"""Which movies to ask a newcomer about, and becoming a user."""

from __future__ import annotations

from fastapi import APIRouter

from predictor.dependencies import Uses
from predictor.newcomer_schemas import NewUser, NewUserBody, Questions, QuestionsBody

router = APIRouter()


@router.post("/movies/to-rate", tags=["movies"])
async def movies_to_rate(body: QuestionsBody, services: Uses) -> Questions:
    """Propose movies to rate: known, divisive, unlike one another and unlike those asked before."""
    raise NotImplementedError


@router.post("/users", tags=["users"])
async def save_visitor(body: NewUserBody, services: Uses) -> NewUser:
    """Store a visitor's ratings under a new user id: all of them or none."""
    raise NotImplementedError
