"""Movies as people know them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Movie:
    """A movie of the catalogue; `year` is None when unknown."""

    movie_id: int
    title: str
    year: int | None = None
    genres: tuple[str, ...] = ()
    imdb_id: int | None = None
    tmdb_id: int | None = None
