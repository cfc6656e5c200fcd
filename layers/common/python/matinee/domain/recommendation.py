"""Recommendations and where they came from."""

from __future__ import annotations

from enum import StrEnum
from typing import TypedDict


class Strategy(StrEnum):
    """How a list was made."""

    MODEL = "model"
    """The user's history is the one that the model was trained on."""
    FROM_RATINGS = "from_ratings"
    """The history is newer than the model, or the model does not know the user."""
    POPULAR = "popular"
    """There is no history to go by."""
    FALLBACK_SNAPSHOT = "fallback_snapshot"
    """The database did not answer: history as it was when the model was trained."""
    FALLBACK_POPULAR = "fallback_popular"
    """The database did not answer and the model does not know the user."""


FALLBACK_STRATEGIES = frozenset({Strategy.FALLBACK_SNAPSHOT, Strategy.FALLBACK_POPULAR})


# Dictionaries, these two: dozens are made for each answer, and they leave as JSON as they are.
class Reason(TypedDict):
    """A rated movie that spoke for a recommended one; `contribution` is its part of the score."""

    movie_id: int
    title: str
    contribution: float


class RecommendedItem(TypedDict):
    """One place in a list; `score` is unitless, `predicted_rating` is in stars."""

    movie_id: int
    title: str
    year: int | None
    genres: list[str]
    score: float
    predicted_rating: float
    because: list[Reason]
