"""Stores in memory that keep the promises of the real ones, and can be down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from matinee.artifacts.manifest import ChampionPointer
from matinee.artifacts.model import Model, load_model
from matinee.domain.movies import Movie
from matinee.domain.ratings import STARS, Rating
from matinee.errors import MatineeError, RatingStoreUnavailableError, UnknownMovieError
from matinee.observability.environment import EnvironmentStart
from matinee.scoring.history import UNKNOWN_TIME
from matinee.stores.activity import Traffic, Window
from matinee.stores.answers import Answer
from matinee.stores.movies import MovieQuery
from matinee.stores.rating_statistics import RatingUser
from matinee.stores.ratings import Forgotten, RatedMovie, StoredHistory

FIRST_NEW_USER = 1_000_000_000
EARLIEST = datetime.min.replace(tzinfo=UTC)


@dataclass
class Switch:
    """One database for all stores: down means down for each of them."""

    is_down: bool = False

    def check(self) -> None:
        if self.is_down:
            raise RatingStoreUnavailableError("PostgreSQL does not answer")

    def fetch(self, statement: str) -> list[tuple[int]]:
        """Answer like `Database.fetch`."""
        self.check()
        return [(1,)]


@dataclass
class MemoryVersions:
    """Versions in a folder; `problem` is what the next calls raise."""

    folder: Path
    pointer: ChampionPointer | None = None
    problem: MatineeError | None = None
    n_looks: int = 0
    kept: set[str] = field(default_factory=set)

    def champion(self) -> ChampionPointer:
        self.n_looks += 1
        if self.problem is not None:
            raise self.problem
        assert self.pointer is not None
        return self.pointer

    def load(self, pointer: ChampionPointer) -> Model:
        return load_model(self.folder / pointer.version)

    def forget_all_but(self, versions: set[str]) -> None:
        self.kept = versions


@dataclass
class MemoryMovies:
    """A catalogue."""

    switch: Switch
    movies: dict[int, Movie]

    def get(self, movie_id: int) -> Movie | None:
        self.switch.check()
        return self.movies.get(movie_id)

    def search(self, query: MovieQuery, *, limit: int, offset: int) -> tuple[list[Movie], int]:
        self.switch.check()
        found = [movie for movie in self.movies.values() if _matches(movie, query)]
        found.sort(key=lambda movie: (movie.title, movie.movie_id))
        return found[offset : offset + limit], len(found)


def _matches(movie: Movie, query: MovieQuery) -> bool:
    return (
        all(word.lower() in movie.title.lower() for word in query.words)
        and (query.genre is None or query.genre.lower() in map(str.lower, movie.genres))
        and (query.year_from is None or (movie.year is not None and movie.year >= query.year_from))
        and (query.year_to is None or (movie.year is not None and movie.year <= query.year_to))
    )


@dataclass
class MemoryRatings:
    """Ratings by user and movie, with the time at which each was stored."""

    switch: Switch
    movies: MemoryMovies
    now: datetime = datetime(2021, 1, 1, tzinfo=UTC)
    stored: dict[tuple[int, int], tuple[Rating, datetime]] = field(default_factory=dict)

    def histories(self, user_ids: Sequence[int], *, since: datetime) -> dict[int, StoredHistory]:
        self.switch.check()
        return {user: self._history(user, since) for user in user_ids if self._of(user)}

    def rated_movies(
        self, user_id: int, *, limit: int, offset: int
    ) -> tuple[list[RatedMovie], int]:
        self.switch.check()
        ratings = sorted(
            (rating for rating, _ in self._of(user_id)),
            key=lambda r: (-(r.rated_at or EARLIEST).timestamp(), r.movie_id),
        )
        page = ratings[offset : offset + limit]
        return [RatedMovie(r, self.movies.movies[r.movie_id]) for r in page], len(ratings)

    def rated_movie(self, user_id: int, movie_id: int) -> RatedMovie | None:
        self.switch.check()
        entry = self.stored.get((user_id, movie_id))
        return None if entry is None else RatedMovie(entry[0], self.movies.movies[movie_id])

    def save(self, rating: Rating) -> bool:
        self.switch.check()
        if rating.movie_id not in self.movies.movies:
            raise UnknownMovieError(f"movie_id: there is no movie {rating.movie_id}")
        key = (rating.user_id, rating.movie_id)
        is_there = key in self.stored
        self.stored[key] = (rating, self.now)
        return is_there

    def save_new_user(self, ratings: Sequence[tuple[int, float, datetime]]) -> int:
        self.switch.check()
        unknown = sorted(movie_id for movie_id, *_ in ratings if movie_id not in self.movies.movies)
        if unknown:
            raise UnknownMovieError(
                f"ratings: there is no movie {', '.join(map(str, unknown))}",
                details={"movie_ids": unknown},
            )
        user_ids = [user_id for user_id, _ in self.stored]
        user_id = max([*user_ids, FIRST_NEW_USER - 1]) + 1
        for movie_id, stars, rated_at in ratings:
            self.save(Rating(user_id, movie_id, stars, rated_at))
        return user_id

    def take_back(self, user_id: int, movie_id: int) -> float | None:
        self.switch.check()
        entry = self.stored.pop((user_id, movie_id), None)
        return None if entry is None else entry[0].rating

    def forget_user(self, user_id: int) -> Forgotten:
        self.switch.check()
        gone = [key for key in self.stored if key[0] == user_id]
        for key in gone:
            del self.stored[key]
        return Forgotten(len(gone), 0, 0)

    def _of(self, user_id: int) -> list[tuple[Rating, datetime]]:
        return [entry for (user, _), entry in self.stored.items() if user == user_id]

    def _history(self, user_id: int, since: datetime) -> StoredHistory:
        entries = sorted(
            self._of(user_id), key=lambda e: (e[0].rated_at or EARLIEST, e[0].movie_id)
        )
        ratings = [rating for rating, _ in entries]
        return StoredHistory(
            np.array([rating.movie_id for rating in ratings], np.int64),
            np.array([rating.rating for rating in ratings], np.float32),
            np.array(
                [int(r.rated_at.timestamp()) if r.rated_at else UNKNOWN_TIME for r in ratings],
                np.int64,
            ),
            any(stored_at > since for _, stored_at in entries),
        )


@dataclass
class MemoryStatistics:
    """Counts what a `MemoryRatings` holds; `n_questions` tells how often samples were read."""

    ratings: MemoryRatings
    n_questions: int = 0

    def star_counts(self, movie_id: int) -> dict[float, int]:
        self.ratings.switch.check()
        return dict(Counter(r.rating for r in self._of(movie_id)))

    def sampled_star_counts(
        self, movie_ids: Sequence[int], *, n_sampled: int
    ) -> NDArray[np.integer[Any]]:
        self.ratings.switch.check()
        self.n_questions += 1
        counts = np.zeros((len(movie_ids), len(STARS.values())), np.int64)
        for place, movie_id in enumerate(movie_ids):
            for rating in self._of(movie_id)[:n_sampled]:
                counts[place, STARS.values().index(rating.rating)] += 1
        return counts

    def users(self, *, limit: int, offset: int) -> list[RatingUser]:
        self.ratings.switch.check()
        times: dict[int, list[datetime | None]] = {}
        for rating, _ in self.ratings.stored.values():
            times.setdefault(rating.user_id, []).append(rating.rated_at)
        users = [
            RatingUser(user_id, len(moments), max(filter(None, moments), default=None))
            for user_id, moments in sorted(times.items())
        ]
        return users[offset : offset + limit]

    def _of(self, movie_id: int) -> list[Rating]:
        return [rating for rating, _ in self.ratings.stored.values() if rating.movie_id == movie_id]


@dataclass
class MemoryActivity:
    """Environment starts as a list, and whatever traffic a test puts in."""

    switch: Switch
    starts: list[EnvironmentStart] = field(default_factory=list)
    lists: list[tuple[int, str]] = field(default_factory=list)

    def note_start(self, start: EnvironmentStart) -> bool:
        if not self.switch.is_down:
            self.starts.append(start)
        return not self.switch.is_down

    def traffic(self, window: Window) -> tuple[Traffic, list[Traffic]]:
        """Count `lists`, pairs of bucket and strategy, as if each had taken 2 ms."""
        self.switch.check()
        buckets = [
            _traffic(strategy for place, strategy in self.lists if place == bucket)
            for bucket in range(window.n_buckets)
        ]
        return _traffic(strategy for _, strategy in self.lists), buckets

    def start_counts(self, window: Window) -> list[int]:
        self.switch.check()
        counts = [0] * window.n_buckets
        for start in self.starts:
            counts[int((start.started_at - window.since) / window.bucket)] += 1
        return counts

    def latest_starts(self, window: Window, *, limit: int) -> list[EnvironmentStart]:
        self.switch.check()
        starts = [s for s in self.starts if window.since <= s.started_at < window.until]
        return sorted(starts, key=lambda s: s.started_at, reverse=True)[:limit]


def _traffic(strategies: Iterable[str]) -> Traffic:
    counts = dict(Counter(strategies))
    milliseconds = 2.0 if counts else None
    return Traffic(sum(counts.values()), milliseconds, milliseconds, counts)


@dataclass
class MemoryAnswers:
    """Answers and feedback, as lists."""

    switch: Switch
    logged: list[Answer] = field(default_factory=list)
    feedback: list[tuple[UUID, int, str, int | None]] = field(default_factory=list)

    def log(self, answer: Answer) -> None:
        self.logged.append(answer)

    def save_feedback(
        self, request_id: UUID, movie_id: int, action: str, user_id: int | None
    ) -> None:
        self.switch.check()
        self.feedback.append((request_id, movie_id, action, user_id))


def memory_stores(movies: Sequence[Movie]) -> dict[str, Any]:
    """Build all stores of `predictor.dependencies.Services` around one switch, its `database`."""
    switch = Switch()
    catalogue = MemoryMovies(switch, {movie.movie_id: movie for movie in movies})
    ratings = MemoryRatings(switch, catalogue)
    return {
        "database": switch,
        "movies": catalogue,
        "ratings": ratings,
        "answers": MemoryAnswers(switch),
        "statistics": MemoryStatistics(ratings),
        "activity": MemoryActivity(switch),
    }
