"""The public HTTP contract for people without an account."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from predictor.schemas import Body, GivenRatings, Id, MovieReply


class QuestionsBody(Body):
    """Ask which movies a newcomer should rate next."""

    n: int = Field(5, ge=1, le=50, description="Most movies wanted.")
    asked: list[Id] = Field(
        default_factory=list,
        max_length=1_000,
        description="Movies asked about before, rated or not: they and their like are avoided.",
    )
    exclude: list[Id] = Field(
        default_factory=list, max_length=10_000, description="Other movies not to ask about."
    )


class Question(MovieReply):
    """A movie worth asking about."""

    n_ratings: int = Field(description="When the model was trained.")
    entropy: float | None = Field(
        description="How divided people are, in bits, 0 to 3.32; null where source is popularity."
    )


class Questions(BaseModel):
    """Movies that are known, divisive and unlike one another; the best first."""

    model_version: str
    source: Literal["ratings", "popularity"] = Field(
        description="'popularity' when the database did not answer."
    )
    items: list[Question]


class NewUserBody(Body):
    """Ratings of a visitor who wants to stay."""

    ratings: GivenRatings


class NewUser(BaseModel):
    """A visitor who became a user."""

    user_id: int
    ratings: int = Field(description="Ratings stored.")
