"""Which column of a table holds what: as told, or guessed from the names people use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dataset_import.errors import SourceError

_COMMON_NAMES = {
    "user": ("userid", "user", "uid", "reviewerid", "customerid"),
    "movie": ("movieid", "movie", "itemid", "item", "iid", "mid", "filmid", "film"),
    "rating": ("rating", "stars", "score", "ratingvalue", "overall"),
    "time": ("timestamp", "time", "ts", "ratedat", "datetime", "date", "createdat"),
    "title": ("title", "movietitle", "name"),
    "genres": ("genres", "genre"),
    "year": ("year", "releaseyear"),
    "imdb": ("imdbid", "imdb"),
    "tmdb": ("tmdbid", "tmdb"),
}


@dataclass(frozen=True, slots=True)
class ColumnNames:
    """Columns that the caller names; None is to be guessed.

    In a file without a header line a column's name is its number, from 1.
    """

    user: str | None = None
    movie: str | None = None
    rating: str | None = None
    time: str | None = None


@dataclass(frozen=True, slots=True)
class RatingColumns:
    """Positions of the columns, from 0; `time` is None where there is none."""

    user: int
    movie: int
    rating: int
    time: int | None


def rating_columns(header: Sequence[str], names: ColumnNames, file_name: str) -> RatingColumns:
    """Find the columns of a ratings table."""
    return RatingColumns(
        user=require_column(header, "user", file_name, told=names.user),
        movie=require_column(header, "movie", file_name, told=names.movie),
        rating=require_column(header, "rating", file_name, told=names.rating),
        time=find_column(header, "time", file_name, told=names.time),
    )


def require_column(
    header: Sequence[str], what: str, file_name: str, *, told: str | None = None
) -> int:
    """Find a column that must be there."""
    position = find_column(header, what, file_name, told=told)
    if position is None:
        option = f": say which with --{what}-column" if hasattr(ColumnNames, what) else ""
        raise SourceError(
            f"{file_name}: no column for the {what} among {', '.join(header)}{option}"
        )
    return position


def find_column(
    header: Sequence[str], what: str, file_name: str, *, told: str | None = None
) -> int | None:
    """Find a column by the name told, or by the first common name that is there."""
    if told is not None:
        if told not in header:
            raise SourceError(f"{file_name}: no column {told} among {', '.join(header)}")
        return header.index(told)
    plain = ["".join(filter(str.isalnum, name)).lower() for name in header]
    for name in _COMMON_NAMES[what]:
        if name in plain:
            return plain.index(name)
    return None


def headerless_columns(n_columns: int) -> list[str]:
    """Name the columns of a file that does not: by number, from 1."""
    return [str(number) for number in range(1, n_columns + 1)]
