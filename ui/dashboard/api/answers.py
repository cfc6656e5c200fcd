"""What the pages read of answers about films and people: documented fields, under their names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Movie:
    """A movie as lists show it."""

    movie_id: int
    title: str
    year: int | None
    genres: list[str]


@dataclass(frozen=True)
class Reason:
    """A rated movie that spoke for a recommended one."""

    movie_id: int
    title: str
    contribution: float


@dataclass(frozen=True)
class Recommended(Movie):
    """One place in a list."""

    score: float
    predicted_rating: float
    because: list[Reason]


@dataclass(frozen=True)
class Recommendations:
    """What somebody should watch, and how the list was made."""

    request_id: str
    strategy: str
    model_version: str
    items: list[Recommended]


@dataclass(frozen=True)
class PredictedRating:
    """The stars that a user would give a movie."""

    predicted_rating: float
    strategy: str


@dataclass(frozen=True)
class MoviePage:
    """A page of the catalogue."""

    total: int
    source: str
    items: list[Movie]


@dataclass(frozen=True)
class MovieDetails(Movie):
    """One movie, with its numbers elsewhere."""

    imdb_id: int | None
    tmdb_id: int | None
    n_ratings: int | None


@dataclass(frozen=True)
class SimilarMovies:
    """Movies like one."""

    items: list[Movie]


@dataclass(frozen=True)
class PopularMovie(Movie):
    """A movie with its number of ratings."""

    n_ratings: int


@dataclass(frozen=True)
class PopularMovies:
    """The most rated movies."""

    items: list[PopularMovie]


@dataclass(frozen=True)
class StarCount:
    """How often a movie got some stars."""

    rating: float
    count: int


@dataclass(frozen=True)
class MovieRatings:
    """How a movie was rated."""

    total: int
    mean: float | None
    counts: list[StarCount]


@dataclass(frozen=True)
class Question(Movie):
    """A movie worth asking a newcomer about."""

    n_ratings: int


@dataclass(frozen=True)
class Questions:
    """Movies worth asking about."""

    items: list[Question]


@dataclass(frozen=True)
class User:
    """Somebody who rated."""

    user_id: int
    n_ratings: int


@dataclass(frozen=True)
class UserPage:
    """Some users."""

    items: list[User]


@dataclass(frozen=True)
class NewUser:
    """A visitor who became a user."""

    user_id: int
    ratings: int


@dataclass(frozen=True)
class UserRating(Movie):
    """What a user gave a movie."""

    rating: float
    rated_at: datetime | None


@dataclass(frozen=True)
class UserRatings:
    """A page of what a user rated."""

    total: int
    items: list[UserRating]


@dataclass(frozen=True)
class SavedRating:
    """A stored rating."""

    rating: float
    replaced: bool


@dataclass(frozen=True)
class TakenBack:
    """A rating that is no more."""

    rating: float


@dataclass(frozen=True)
class SavedFeedback:
    """Stored feedback."""

    action: str


@dataclass(frozen=True)
class Member:
    """Who takes part in a movie night."""

    user_id: int | None
    name: str | None
    strategy: str
    n_ratings: int


@dataclass(frozen=True)
class Opinion:
    """What one of them is expected to think of a movie."""

    predicted_rating: float
    because: list[Reason]


@dataclass(frozen=True)
class GroupItem(Movie):
    """One place in everybody's list."""

    score: float
    members: list[Opinion]


@dataclass(frozen=True)
class GroupList:
    """A list that suits everybody."""

    members: list[Member]
    items: list[GroupItem]
