"""Every route that the pages use, one method each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote

from dashboard.api import answers, operations
from dashboard.api.decoding import UnexpectedAnswerError, decode
from dashboard.api.errors import NOT_MATINEE, ApiError
from dashboard.api.transport import Transport

Answer = TypeVar("Answer")
Stars = Mapping[int, float]


@dataclass(frozen=True)
class Wish:
    """Length and filters of a list."""

    n: int = 12
    genres: tuple[str, ...] = ()
    year_from: int | None = None
    year_to: int | None = None
    include_seen: bool = False

    def body(self) -> dict[str, Any]:
        """Write it as the API reads it."""
        fields = {
            "n": self.n,
            "genres": list(self.genres) or None,
            "year_from": self.year_from,
            "year_to": self.year_to,
            "include_seen": self.include_seen or None,
        }
        return {name: value for name, value in fields.items() if value is not None}


@dataclass(frozen=True)
class Participant:
    """Somebody at a movie night: a user, or a visitor with ratings."""

    name: str
    user_id: int | None = None
    ratings: Stars | None = None

    def body(self) -> dict[str, Any]:
        """Write it as the API reads it."""
        if self.user_id is not None:
            return {"user_id": self.user_id, "name": self.name}
        return {"ratings": _given(self.ratings or {}), "name": self.name}


class Client:
    """Asks Matinee; every method raises `ApiError` when there is no good answer."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def close(self) -> None:
        """End the connections."""
        self._transport.close()

    # Lists

    def recommend(self, user_id: int, wish: Wish) -> answers.Recommendations:
        """Return a user's list."""
        body = {"user_id": user_id, **wish.body()}
        return self._ask(answers.Recommendations, "POST", "/predict", body=body, only_reads=True)

    def recommend_from(self, ratings: Stars, wish: Wish) -> answers.Recommendations:
        """Return the list that fits some ratings; nothing is stored."""
        body = {"ratings": _given(ratings), **wish.body()}
        path = "/predict/from-ratings"
        return self._ask(answers.Recommendations, "POST", path, body=body, only_reads=True)

    def recommend_together(
        self, people: Sequence[Participant], method: str, wish: Wish
    ) -> answers.GroupList:
        """Return one list for several people."""
        body = {"members": [person.body() for person in people], "method": method, **wish.body()}
        return self._ask(answers.GroupList, "POST", "/predict/group", body=body, only_reads=True)

    def predicted_rating(self, user_id: int, movie_id: int) -> answers.PredictedRating:
        """Return the stars that a user would give a movie."""
        return self._ask(answers.PredictedRating, "GET", f"/predict/{user_id}/{movie_id}")

    # Movies

    def movies(
        self,
        *,
        query: str = "",
        genre: str | None = None,
        year_from: int | None = None,
        year_to: int | None = None,
        limit: int = 20,
        offset: int = 0,
    ) -> answers.MoviePage:
        """Search the catalogue."""
        wanted = {
            "query": query or None,
            "genre": genre,
            "year_from": year_from,
            "year_to": year_to,
            "limit": limit,
            "offset": offset,
        }
        return self._ask(answers.MoviePage, "GET", "/movies", query=wanted)

    def movie(self, movie_id: int) -> answers.MovieDetails:
        """Return one movie."""
        return self._ask(answers.MovieDetails, "GET", f"/movies/{movie_id}")

    def similar(self, movie_id: int, n: int = 8) -> answers.SimilarMovies:
        """Return movies like one."""
        return self._ask(
            answers.SimilarMovies, "GET", f"/movies/{movie_id}/similar", query={"n": n}
        )

    def popular(self, n: int, *, genre: str | None = None) -> answers.PopularMovies:
        """Return the most rated movies."""
        wanted = {"n": n, "genre": genre}
        return self._ask(answers.PopularMovies, "GET", "/movies/popular", query=wanted)

    def movie_ratings(self, movie_id: int) -> answers.MovieRatings:
        """Return how a movie was rated."""
        return self._ask(answers.MovieRatings, "GET", f"/movies/{movie_id}/ratings")

    def movies_to_rate(self, asked: Sequence[int], n: int) -> answers.Questions:
        """Return movies worth asking a newcomer about."""
        body = {"asked": list(asked)[-1_000:], "n": n}
        return self._ask(answers.Questions, "POST", "/movies/to-rate", body=body, only_reads=True)

    # People

    def users(self, *, limit: int = 200) -> answers.UserPage:
        """Return users who have ratings."""
        return self._ask(answers.UserPage, "GET", "/users", query={"limit": limit})

    def save_visitor(self, ratings: Stars) -> answers.NewUser:
        """Store a visitor's ratings under a new user."""
        return self._ask(answers.NewUser, "POST", "/users", body={"ratings": _given(ratings)})

    def user_ratings(
        self, user_id: int, *, limit: int = 20, offset: int = 0
    ) -> answers.UserRatings:
        """Return what a user rated, newest first."""
        page = {"limit": limit, "offset": offset}
        return self._ask(answers.UserRatings, "GET", f"/users/{user_id}/ratings", query=page)

    def user_rating(self, user_id: int, movie_id: int) -> answers.UserRating:
        """Return what a user gave a movie; `not_found` when nothing."""
        return self._ask(answers.UserRating, "GET", f"/users/{user_id}/ratings/{movie_id}")

    def rate(self, user_id: int, movie_id: int, stars: float) -> answers.SavedRating:
        """Store a rating."""
        body = {"user_id": user_id, "movie_id": movie_id, "rating": stars}
        return self._ask(answers.SavedRating, "POST", "/ratings", body=body)

    def take_back(self, user_id: int, movie_id: int) -> answers.TakenBack:
        """Delete a rating."""
        return self._ask(answers.TakenBack, "DELETE", f"/users/{user_id}/ratings/{movie_id}")

    def note(
        self, request_id: str, movie_id: int, action: str, *, user_id: int | None = None
    ) -> answers.SavedFeedback:
        """Tell what somebody did with a recommended movie."""
        body = {"request_id": request_id, "movie_id": movie_id, "action": action}
        if user_id is not None:
            body["user_id"] = user_id
        return self._ask(answers.SavedFeedback, "POST", "/feedback", body=body)

    # The service

    def model(self) -> operations.ModelCard:
        """Describe the version that serves."""
        return self._ask(operations.ModelCard, "GET", "/model")

    def ready(self) -> operations.Readiness:
        """Return the state of each part."""
        return self._ask(operations.Readiness, "GET", "/ready", accepts=503)

    def activity(self, *, hours: float, buckets: int) -> operations.Activity:
        """Return what the service did lately."""
        window = {"hours": hours, "buckets": buckets}
        return self._ask(operations.Activity, "GET", "/activity", query=window)

    # Models

    def models(self) -> operations.Models:
        """Return all versions."""
        return self._ask(operations.Models, "GET", "/models")

    def promote(self, version: str, reason: str, *, token: str) -> operations.Champion:
        """Let a version serve."""
        return self._ask(
            operations.Champion,
            "POST",
            f"/models/{quote(version, safe='')}/promote",
            body={"reason": reason},
            token=token,
        )

    def roll_back(self, *, token: str) -> operations.Champion:
        """Let the version serve that served before."""
        return self._ask(operations.Champion, "POST", "/models/rollback", token=token)

    def train(self, wanted: Mapping[str, Any], *, token: str) -> operations.TrainingRun:
        """Start a training."""
        return self._ask(operations.TrainingRun, "POST", "/train", body=wanted, token=token)

    def training_runs(self, limit: int = 10) -> operations.TrainingRuns:
        """Return the newest runs."""
        return self._ask(operations.TrainingRuns, "GET", "/train/runs", query={"limit": limit})

    def training_run(self, run_id: str) -> operations.TrainingRun:
        """Return one run."""
        return self._ask(operations.TrainingRun, "GET", f"/train/runs/{quote(run_id, safe='')}")

    # Drift

    def measure_drift(self, reason: str, event_id: str, *, token: str) -> operations.DriftReport:
        """Start to measure drift."""
        body = {"reason": reason, "event_id": event_id}
        return self._ask(operations.DriftReport, "POST", "/drift", body=body, token=token)

    def latest_drift(self) -> operations.DriftReport:
        """Return the latest report, with trends."""
        return self._ask(operations.DriftReport, "GET", "/drift/latest")

    def drift_reports(self, limit: int = 20) -> operations.DriftReports:
        """Return the newest reports."""
        return self._ask(operations.DriftReports, "GET", "/drift/reports", query={"limit": limit})

    def drift_report(self, report_id: str) -> operations.DriftReport:
        """Return one report."""
        path = f"/drift/reports/{quote(report_id, safe='')}"
        return self._ask(operations.DriftReport, "GET", path, query={"format": "json"})

    def drift_page(self, report_id: str) -> str:
        """Return a report as a page for people."""
        path = f"/drift/reports/{quote(report_id, safe='')}"
        return self._transport.text(path, query={"format": "html"})

    def _ask(self, kind: type[Answer], method: str, path: str, **request: Any) -> Answer:
        content = self._transport.json(method, path, **request)
        try:
            return decode(kind, content)
        except UnexpectedAnswerError as error:
            raise ApiError(NOT_MATINEE, str(error)) from error


def _given(ratings: Stars) -> list[dict[str, Any]]:
    return [{"movie_id": movie_id, "rating": stars} for movie_id, stars in ratings.items()]
