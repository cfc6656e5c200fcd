"""Rows on their way into PostgreSQL, and how COPY wants them written."""

from __future__ import annotations

from typing import NamedTuple

_NULL = "\\N"
_COPY_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r", "\0": r"\\0"})

# Plain tuples: these are built once per row of files that have tens of millions.
RatingRow = tuple[int, int, int, float, float | None]
"""Line, user id, movie id, stars, time in seconds since 1970 or None."""


class MovieRow(NamedTuple):
    """A movie of a source; what is None is not known to it."""

    line: int
    movie_id: int
    title: str | None
    year: int | None
    genres: tuple[str, ...] | None


class LinkRow(NamedTuple):
    """A movie's ids elsewhere."""

    line: int
    movie_id: int
    imdb_id: int | None
    tmdb_id: int | None


class Reject(NamedTuple):
    """A row that cannot be stored, and why."""

    line: int
    kind: str
    raw: str


def rating_line(row: RatingRow | Reject) -> str:
    """Write one row for ``COPY rating_rows``.

    Parameters
    ----------
    row : RatingRow or Reject
        What was read.

    Returns
    -------
    str
        One line in COPY's text format.
    """
    if isinstance(row, Reject):
        return f"{row.line}\t\\N\t\\N\t\\N\t\\N\t{row.kind}\t{_escape(row.raw)}\n"
    line, user_id, movie_id, rating, rated_at = row
    time = _NULL if rated_at is None else rated_at
    return f"{line}\t{user_id}\t{movie_id}\t{rating}\t{time}\t\\N\t\\N\n"


def movie_line(row: MovieRow | Reject) -> str:
    """Write one row for ``COPY movie_rows``.

    Parameters
    ----------
    row : MovieRow or Reject
        What was read.

    Returns
    -------
    str
        One line in COPY's text format.
    """
    if isinstance(row, Reject):
        return f"{row.line}\t\\N\t\\N\t\\N\t\\N\t{row.kind}\t{_escape(row.raw)}\n"
    title = _NULL if row.title is None else _escape(row.title)
    genres = _NULL if row.genres is None else _escape(_array(row.genres))
    return f"{row.line}\t{row.movie_id}\t{title}\t{_number(row.year)}\t{genres}\t\\N\t\\N\n"


def link_line(row: LinkRow | Reject) -> str:
    """Write one row for ``COPY link_rows``.

    Parameters
    ----------
    row : LinkRow or Reject
        What was read.

    Returns
    -------
    str
        One line in COPY's text format.
    """
    if isinstance(row, Reject):
        return f"{row.line}\t\\N\t\\N\t\\N\t{row.kind}\t{_escape(row.raw)}\n"
    imdb_id, tmdb_id = _number(row.imdb_id), _number(row.tmdb_id)
    return f"{row.line}\t{row.movie_id}\t{imdb_id}\t{tmdb_id}\t\\N\t\\N\n"


def _number(value: int | None) -> str:
    return _NULL if value is None else str(value)


def _escape(text: str) -> str:
    r"""Write a value as COPY's text format wants it; bytes that were not UTF-8 become ``\xNN``."""
    readable = text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return readable.translate(_COPY_ESCAPES)


def _array(values: tuple[str, ...]) -> str:
    quoted = (value.replace("\\", r"\\").replace('"', r"\"") for value in values)
    return "{" + ",".join(f'"{value}"' for value in quoted) + "}"
