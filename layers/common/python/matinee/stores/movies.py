"""The catalogue in PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass

from matinee.domain.movies import Movie
from matinee.stores.database import Database

_COLUMNS = "movie_id, title, year, genres, imdb_id, tmdb_id"


@dataclass(frozen=True, slots=True)
class MovieQuery:
    """What to look for in the catalogue.

    Every word of `text` must be part of the title; case does not matter.
    """

    text: str = ""
    genre: str | None = None
    year_from: int | None = None
    year_to: int | None = None

    @property
    def words(self) -> list[str]:
        """Return the words of the text."""
        return self.text.split()


class MovieStore:
    """Reads movies.

    Every method raises `RatingStoreUnavailableError` when PostgreSQL does not answer in time.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, movie_id: int) -> Movie | None:
        """Return a movie, None when there is none with this id."""
        statement = f"SELECT {_COLUMNS} FROM movies WHERE movie_id = %s"
        rows = self._database.fetch(statement, (movie_id,))
        return _movie(rows[0]) if rows else None

    def search(self, query: MovieQuery, *, limit: int, offset: int) -> tuple[list[Movie], int]:
        """Return a page of the movies that match, by title, and how many match in all."""
        conditions, values = _conditions(query)
        where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
        rows = self._database.fetch(
            # The order of `search_model`, whatever the locale of the database.
            f"SELECT {_COLUMNS} FROM movies {where} "
            'ORDER BY title COLLATE "C", movie_id LIMIT %s OFFSET %s',
            (*values, limit, offset),
        )
        count = self._database.fetch(f"SELECT count(*) FROM movies {where}", values)
        return [_movie(row) for row in rows], count[0][0]


def _conditions(query: MovieQuery) -> tuple[list[str], list[object]]:
    # strpos takes the text as it is, where LIKE would read % and _ as patterns.
    conditions = ["strpos(lower(title), lower(%s)) > 0"] * len(query.words)
    values: list[object] = list(query.words)
    for condition, value in (
        ("lower(%s) = ANY (SELECT lower(genre) FROM unnest(genres) AS genre)", query.genre),
        ("year >= %s", query.year_from),
        ("year <= %s", query.year_to),
    ):
        if value is not None:
            conditions.append(condition)
            values.append(value)
    return conditions, values


def _movie(row: tuple[int, str, int | None, list[str], int | None, int | None]) -> Movie:
    movie_id, title, year, genres, imdb_id, tmdb_id = row
    return Movie(movie_id, title, year, tuple(genres), imdb_id, tmdb_id)
