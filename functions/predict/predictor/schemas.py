"""The public HTTP contract of the predict function."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from matinee.domain.ratings import STARS
from matinee.domain.recommendation import Strategy


def _no_truth_value(value: object) -> object:
    # Python counts True as 1.
    if isinstance(value, bool):
        raise ValueError("must be a number")
    return value


def _on_the_scale(rating: float) -> float:
    if not STARS.holds(rating):
        raise ValueError(f"must be {STARS.low} to {STARS.high} stars in steps of {STARS.step}")
    return rating


def _between_1970_and_now(moment: datetime) -> datetime:
    if not _FIRST_MOMENT <= moment <= datetime.now(UTC):
        raise ValueError("must be between 1970 and now")
    return moment


_FIRST_MOMENT = datetime(1970, 1, 1, tzinfo=UTC)


Id = Annotated[int, BeforeValidator(_no_truth_value), Field(ge=1, le=2**63 - 1)]
Stars = Annotated[
    float, AfterValidator(_on_the_scale), Field(description="0.5 to 5 in steps of 0.5.")
]
Year = Annotated[int, Field(ge=1870, le=2200)]
Past = Annotated[AwareDatetime, AfterValidator(_between_1970_and_now)]
# PostgreSQL's texts cannot hold NUL.
Text = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]


class Body(BaseModel):
    """A request body; a field that does not exist is an error, not a shrug."""

    model_config = ConfigDict(extra="forbid")


class WishBody(Body):
    """Length and filters of a list."""

    n: int = Field(10, ge=1, le=100, description="Longest list wanted.")
    genres: list[Text] | None = Field(
        None, min_length=1, max_length=50, description="Movies need at least one of these."
    )
    year_from: Year | None = None
    year_to: Year | None = None
    exclude: list[Id] = Field(
        default_factory=list, max_length=10_000, description="Movies not to list."
    )
    include_seen: bool = Field(False, description="List rated movies as well.")
    n_reasons: int = Field(3, ge=0, le=50, description="Most reasons for each movie.")

    @model_validator(mode="after")
    def _years_in_order(self) -> Self:
        if self.year_from and self.year_to and self.year_from > self.year_to:
            raise ValueError("year_from must not be after year_to")
        return self


class PredictBody(WishBody):
    """Ask for one user's list."""

    user_id: Id


class BatchBody(WishBody):
    """Ask for the lists of many users."""

    user_ids: list[Id] = Field(min_length=1, max_length=100)


class GivenRating(Body):
    """A rating that is used for one answer and not stored."""

    movie_id: Id
    rating: Stars
    rated_at: Past | None = None


def _each_movie_once(ratings: list[GivenRating]) -> list[GivenRating]:
    if len({given.movie_id for given in ratings}) < len(ratings):
        raise ValueError("must hold each movie once")
    return ratings


GivenRatings = Annotated[
    list[GivenRating], AfterValidator(_each_movie_once), Field(min_length=1, max_length=5_000)
]


class FromRatingsBody(WishBody):
    """Ask for the list that fits some ratings."""

    ratings: GivenRatings


class RatingBody(Body):
    """A new or changed rating."""

    user_id: Id
    movie_id: Id
    rating: Stars
    rated_at: Past | None = Field(None, description="Now, when not given.")


class FeedbackBody(Body):
    """What somebody did with a recommended movie."""

    request_id: UUID
    movie_id: Id
    action: Literal["click", "watch", "dismiss"]
    user_id: Id | None = None


class MovieReply(BaseModel):
    """A movie."""

    movie_id: int
    title: str
    year: int | None
    genres: list[str]


class ReasonReply(BaseModel):
    """A rated movie that spoke for a recommended one."""

    movie_id: int
    title: str
    contribution: float = Field(description="Its part of the score.")


class ItemReply(MovieReply):
    """One place in a list."""

    score: float = Field(description="Unitless; only the order matters.")
    predicted_rating: float = Field(description="In stars.")
    because: list[ReasonReply]


class ListReply(BaseModel):
    """A list of recommendations, best first."""

    request_id: UUID
    user_id: int | None
    strategy: Strategy
    model_version: str
    items: list[ItemReply]


class FromRatingsReply(ListReply):
    """A list of recommendations for given ratings."""

    unknown_movie_ids: list[int] = Field(
        description="Rated movies that the model does not know and did not use."
    )


class BatchReply(BaseModel):
    """A list for each user, in the order of the request."""

    results: list[ListReply]


class RatingPrediction(BaseModel):
    """One predicted rating."""

    user_id: int
    movie_id: int
    predicted_rating: float = Field(description="In stars.")
    strategy: Strategy
    model_version: str


class MoviePage(BaseModel):
    """A page of the catalogue, by title."""

    total: int
    limit: int
    offset: int
    source: Literal["catalogue", "model"] = Field(
        description="'model' when the database did not answer."
    )
    items: list[MovieReply]


class MovieDetails(MovieReply):
    """A movie with its links."""

    imdb_id: int | None = None
    tmdb_id: int | None = None
    n_ratings: int | None = Field(
        description="When the model was trained; null if it is newer than the model."
    )


class StarCount(BaseModel):
    """How often a movie got some stars."""

    rating: float
    count: int


class MovieRatings(BaseModel):
    """How a movie was rated, from the database."""

    movie_id: int
    total: int
    mean: float | None = Field(description="In stars; null without ratings.")
    counts: list[StarCount] = Field(description="All ten, 0.5 to 5, zeros included.")


class SimilarMovie(MovieReply):
    """A movie that people who rated the other one rate too."""

    similarity: float = Field(description="Unitless weight of the item-item model.")


class SimilarMovies(BaseModel):
    """Movies like one, closest first."""

    movie_id: int
    model_version: str
    items: list[SimilarMovie]


class PopularMovie(MovieReply):
    """A movie with its number of ratings."""

    n_ratings: int


class PopularMovies(BaseModel):
    """Movies with the most ratings."""

    model_version: str
    items: list[PopularMovie]


class UserRating(MovieReply):
    """A movie with the stars a user gave it."""

    rating: float
    rated_at: datetime | None


class UserRatings(BaseModel):
    """A page of what a user rated, newest first."""

    user_id: int
    total: int
    limit: int
    offset: int
    items: list[UserRating]


class UserSummary(BaseModel):
    """A user who has ratings."""

    user_id: int
    n_ratings: int
    last_rated_at: datetime | None = Field(description="Null where no rating has a time.")


class UserPage(BaseModel):
    """A page of the users who have ratings, by id; without a total, which would read them all."""

    limit: int
    offset: int
    has_more: bool
    items: list[UserSummary]


class TakenBack(BaseModel):
    """A rating that is no more."""

    user_id: int
    movie_id: int
    rating: float = Field(description="What it was, in stars.")


class SavedRating(BaseModel):
    """A stored rating."""

    user_id: int
    movie_id: int
    rating: float
    rated_at: datetime
    replaced: bool = Field(description="Whether there was one before.")


class ForgottenUser(BaseModel):
    """What was deleted with a user."""

    user_id: int
    ratings: int
    recommendation_logs: int
    feedback: int


class SavedFeedback(BaseModel):
    """Stored feedback."""

    request_id: UUID
    movie_id: int
    action: str


class ModelCard(BaseModel):
    """The serving model: where it came from and how good it is."""

    version: str
    created_at: datetime
    promoted_at: datetime
    reason: str
    previous: str | None
    git_revision: str | None
    genres: list[str] = Field(description="Every genre of its movies, by name.")
    data: dict[str, Any]
    ranker: dict[str, Any]
    rater: dict[str, Any]
    metrics: dict[str, float]


class Health(BaseModel):
    """The process answers."""

    status: Literal["ok"]


class Readiness(BaseModel):
    """Each part that recommendations need, "ok" or what is wrong."""

    ready: bool
    model: str
    database: str
