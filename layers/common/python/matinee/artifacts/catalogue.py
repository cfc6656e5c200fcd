"""The movies a model knows, by row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from matinee.domain.movies import Movie
from matinee.scoring.arrays import Indices, Mask, Vector
from matinee.scoring.candidates import UNKNOWN_YEAR


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Movies as arrays, so that starting an environment parses nothing.

    Parameters
    ----------
    item_ids : ndarray of shape (n_items,), int64
        Movie ids, ascending.
    item_years : ndarray of shape (n_items,), int16
        0 where unknown.
    item_genres : ndarray of shape (n_items, n_genres), bool
        Which genres each movie has.
    item_titles : ndarray of shape (n_bytes,), uint8
        All titles in UTF-8, one after the other.
    item_title_offsets : ndarray of shape (n_items + 1,), int64
        Row i's title is at ``item_title_offsets[i]:item_title_offsets[i + 1]``.
    item_popularity : ndarray of shape (n_items,), float32
        Number of ratings.
    genres : tuple of str
        Names of the genre columns.
    """

    item_ids: Indices
    item_years: Indices
    item_genres: Mask
    item_titles: NDArray[np.uint8]
    item_title_offsets: Indices
    item_popularity: Vector
    genres: tuple[str, ...]

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], genres: tuple[str, ...]) -> Self:
        """Pick the catalogue's arrays out of a model's."""
        return cls(
            item_ids=arrays["item_ids"],
            item_years=arrays["item_years"],
            item_genres=arrays["item_genres"],
            item_titles=arrays["item_titles"],
            item_title_offsets=arrays["item_title_offsets"],
            item_popularity=arrays["item_popularity"],
            genres=genres,
        )

    def __len__(self) -> int:
        return len(self.item_ids)

    def row(self, movie_id: int) -> int | None:
        """Return the movie's row, None when the model does not know the movie."""
        place = int(np.searchsorted(self.item_ids, movie_id))
        if place < len(self) and int(self.item_ids[place]) == movie_id:
            return place
        return None

    def rows(self, movie_ids: Sequence[int] | Indices) -> tuple[Indices, Mask]:
        """Find many movies at once.

        Parameters
        ----------
        movie_ids : sequence of int
            In any order.

        Returns
        -------
        rows : ndarray of shape (n,), int64
            Rows; meaningless where `is_known` is false.
        is_known : ndarray of shape (n,), bool
            Whether the model knows the movie.
        """
        wanted = np.asarray(movie_ids, np.int64)
        places = np.searchsorted(self.item_ids, wanted)
        places[places == len(self)] = 0
        if not len(self):
            return places, np.zeros(len(wanted), np.bool_)
        return places, self.item_ids[places] == wanted

    def titles(self, rows: Indices) -> list[str]:
        """Return the titles at some rows."""
        starts = self.item_title_offsets[rows].tolist()
        stops = self.item_title_offsets[rows + 1].tolist()
        text = self.item_titles.data
        return [str(text[start:stop], "utf-8") for start, stop in zip(starts, stops, strict=True)]

    def columns(
        self, rows: Indices
    ) -> tuple[list[int], list[str], list[int | None], list[list[str]]]:
        """Return ids, titles, years and genres at some rows.

        Parameters
        ----------
        rows : ndarray of shape (n,), integer
            In any order.

        Returns
        -------
        movie_ids, titles, years, genres : list
            Each of length n; a year is None when unknown.
        """
        genres: list[list[str]] = [[] for _ in rows]
        places, genre_columns = self.item_genres[rows].nonzero()
        for place, column in zip(places.tolist(), genre_columns.tolist(), strict=True):
            genres[place].append(self.genres[column])
        years = [year or None for year in self.item_years[rows].tolist()]
        return self.item_ids[rows].tolist(), self.titles(rows), years, genres

    def movies(self, rows: Indices) -> list[Movie]:
        """Return the movies at some rows."""
        return [
            Movie(movie_id, title, year, tuple(genres))
            for movie_id, title, year, genres in zip(*self.columns(rows), strict=True)
        ]

    def movie(self, row: int) -> Movie:
        """Return the movie at a row."""
        return self.movies(np.array([row]))[0]


def catalogue_arrays(
    movies: Iterable[Movie], popularity: Mapping[int, int]
) -> tuple[dict[str, NDArray[Any]], tuple[str, ...]]:
    """Turn movies into the catalogue's arrays.

    Parameters
    ----------
    movies : iterable of Movie
        In any order, each id once.
    popularity : mapping of int to int
        Number of ratings by movie id.

    Returns
    -------
    arrays : dict of str to ndarray
        As in `Catalogue`.
    genres : tuple of str
        Names of the genre columns, sorted.
    """
    ordered = sorted(movies, key=lambda movie: movie.movie_id)
    genres = tuple(sorted({genre for movie in ordered for genre in movie.genres}))
    titles = [movie.title.encode() for movie in ordered]
    item_genres = np.zeros((len(ordered), len(genres)), np.bool_)
    for row, movie in enumerate(ordered):
        item_genres[row, [genres.index(genre) for genre in movie.genres]] = True
    arrays: dict[str, NDArray[Any]] = {
        "item_ids": np.array([movie.movie_id for movie in ordered], np.int64),
        "item_years": np.array([movie.year or UNKNOWN_YEAR for movie in ordered], np.int16),
        "item_genres": item_genres,
        "item_titles": np.frombuffer(b"".join(titles), np.uint8),
        "item_title_offsets": np.cumsum([0, *map(len, titles)], dtype=np.int64),
        "item_popularity": np.array(
            [popularity.get(movie.movie_id, 0) for movie in ordered], np.float32
        ),
    }
    return arrays, genres
