"""What is measured: names, default thresholds, what each says in plain words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Kind = Literal["column", "recommender"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one measure found.

    Parameters
    ----------
    n, n_needed : int
        How many of what it is measured on there were, and how many it takes.
    value, reference : float, optional
        The figure of the current window, and what is normal; None where there is none.
    score : float, optional
        How far the two are apart, in the threshold's unit; None where it cannot be told.
    chance : float, optional
        The score that chance alone hardly ever exceeds.
    obstacle : str, optional
        Why there is no score, where `n` does not tell.
    """

    n: int
    n_needed: int
    value: float | None = None
    reference: float | None = None
    score: float | None = None
    chance: float | None = None
    obstacle: str | None = None


@dataclass(frozen=True, slots=True)
class MeasureFacts:
    """What is known of a measure before anything is measured."""

    kind: Kind
    threshold: float
    """Scores above it, and above chance, are drift."""
    counted: str
    """What `Finding.n` counts."""
    explain: Callable[[Finding], str]
    is_mended_by_training: bool = True


def _column(what: str) -> Callable[[Finding], str]:
    return lambda found: f"The {what} differs by a PSI of {found.score:.3f}."


def _shares(what: str) -> Callable[[Finding], str]:
    return lambda found: (
        f"{found.value:.1%} of the ratings are {what}; {found.reference:.1%} is normal."
    )


def _calibration(found: Finding) -> str:
    assert found.value is not None
    direction = "more" if found.value > 0 else "fewer"
    return f"The model predicts {abs(found.value):.2f} stars {direction} than users then give."


MEASURES: dict[str, MeasureFacts] = {
    "rating": MeasureFacts("column", 0.2, "ratings", _column("distribution of stars")),
    "hour": MeasureFacts("column", 0.25, "visits", _column("time of day of visits")),
    "weekday": MeasureFacts("column", 0.2, "visits", _column("weekday of visits")),
    "genre": MeasureFacts("column", 0.2, "ratings", _column("mix of genres that are rated")),
    "movie_age": MeasureFacts("column", 0.2, "ratings", _column("age of the rated movies")),
    "new_users": MeasureFacts("recommender", 0.2, "ratings", _shares("by new users")),
    "new_movies": MeasureFacts(
        "recommender", 0.05, "ratings", _shares("on movies that nobody had rated")
    ),
    "popularity_gini": MeasureFacts(
        "recommender",
        0.1,
        "ratings",
        lambda found: (
            f"Ratings are spread over movies with a Gini coefficient of {found.value:.2f} "
            f"(0: evenly, 1: all on one); {found.reference:.2f} is normal."
        ),
    ),
    "popularity_top_share": MeasureFacts(
        "recommender",
        0.1,
        "ratings",
        lambda found: (
            f"The most rated 1% of the movies get {found.value:.1%} of the ratings; "
            f"{found.reference:.1%} is normal."
        ),
    ),
    "coverage": MeasureFacts(
        "recommender",
        0.3,
        "lists",
        lambda found: (
            f"The lists sent show {found.value:.1%} of the catalogue; as many lists of the "
            f"champion for its own users show {found.reference:.1%}."
        ),
    ),
    "calibration": MeasureFacts("recommender", 0.25, "ratings of known users", _calibration),
    "rmse": MeasureFacts(
        "recommender",
        0.15,
        "ratings of known users",
        lambda found: (
            f"Predicted stars are {found.value:.2f} off (RMSE); they were {found.reference:.2f} "
            "off when the model was trained."
        ),
    ),
    "hit_rate": MeasureFacts(
        "recommender",
        0.3,
        "lists with later ratings",
        lambda found: (
            f"{found.value:.1%} of the lists held a movie that the user then rated; "
            f"{found.reference:.1%} was expected after as many ratings."
        ),
    ),
    "ndcg": MeasureFacts(
        "recommender",
        0.3,
        "lists with later ratings",
        lambda found: (
            f"The lists reach an NDCG@10 of {found.value:.3f} on what users then rated; "
            f"{found.reference:.3f} was expected after as many ratings."
        ),
    ),
    "fallbacks": MeasureFacts(
        "recommender",
        0.05,
        "lists",
        lambda found: f"{found.value:.1%} of the lists were made while something was down.",
        is_mended_by_training=False,
    ),
}
