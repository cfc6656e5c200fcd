"""Loads movies and ratings into PostgreSQL in bulk: all of an import or nothing of it.

Rows stream into temporary tables by COPY, are judged there by set-based SQL, and what is good moves
to `movies` and `ratings` in the same transaction. Memory does not grow with the number of rows.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TypeVar
from uuid import UUID

import psycopg2
from psycopg2.extensions import cursor as Cursor
from psycopg2.extras import Json

from matinee.errors import ConflictError
from matinee.stores import import_sql as sql
from matinee.stores.import_rows import (
    LinkRow,
    MovieRow,
    RatingRow,
    Reject,
    link_line,
    movie_line,
    rating_line,
)
from matinee.stores.long_sessions import long_session

_ROWS_PER_CHUNK = 4096
_BYTES_PER_READ = 65_536
_Row = TypeVar("_Row")


class WrittenCounts(NamedTuple):
    """What a statement did to a table."""

    inserted: int
    updated: int


class RowCounts(NamedTuple):
    """Rows read from one kind of file."""

    read: int
    rejected: int
    rejects: dict[str, int]
    """Number of rejected rows by kind."""


class ImportRecord(NamedTuple):
    """One row of the table `imports`."""

    import_id: UUID
    source: str
    started_at: datetime
    movies_read: int
    movies_written: int
    ratings_read: int
    ratings_inserted: int
    ratings_updated: int
    ratings_unchanged: int
    ratings_rejected: int
    rejects: dict[str, int]


@contextmanager
def bulk_load(database_url: str) -> Iterator[BulkLoad]:
    """Open the transaction of one import.

    Parameters
    ----------
    database_url : str
        Address of the database, whose tables are up to date.

    Yields
    ------
    BulkLoad
        Committed when the block ends well, rolled back whole when it raises.

    Raises
    ------
    ConflictError
        If another import is at work in this database.
    """
    with (
        long_session(database_url, purpose="import") as connection,
        connection,
        connection.cursor() as cursor,
    ):
        load = BulkLoad(cursor)
        load.begin()
        yield load


class BulkLoad:
    """The steps of one import, within one transaction."""

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor

    def begin(self) -> None:
        """Keep other imports out and make the temporary tables."""
        if not self._value(sql.TRY_LOCK_IMPORTS):
            raise ConflictError("another import is at work in this database; try again after it")
        self._cursor.execute("SET LOCAL work_mem = '64MB'")
        self._cursor.execute("SET LOCAL temp_buffers = '64MB'")
        self._cursor.execute(sql.CREATE_STAGING)

    def stage_movies(self, rows: Iterable[MovieRow | Reject]) -> None:
        """Copy movies into their temporary table.

        Parameters
        ----------
        rows : iterable of MovieRow or Reject
            Read once, in the order of the file.
        """
        self._copy("movie_rows (line, movie_id, title, year, genres, kind, raw)", rows, movie_line)

    def stage_links(self, rows: Iterable[LinkRow | Reject]) -> None:
        """Copy movies' other ids into their temporary table.

        Parameters
        ----------
        rows : iterable of LinkRow or Reject
            Read once, in the order of the file.
        """
        self._copy("link_rows (line, movie_id, imdb_id, tmdb_id, kind, raw)", rows, link_line)

    def stage_ratings(self, rows: Iterable[RatingRow | Reject]) -> None:
        """Copy ratings into their temporary table.

        Parameters
        ----------
        rows : iterable of RatingRow or Reject
            Read once, in the order of the file.
        """
        columns = "rating_rows (line, user_id, movie_id, rating, rated_at, kind, raw)"
        self._copy(columns, rows, rating_line)

    def store_movies(self, *, with_rated: bool) -> WrittenCounts:
        """Insert and update the movies that were staged.

        Parameters
        ----------
        with_rated : bool
            Whether each movie that a staged rating names belongs to the catalogue as well, under a
            title made of its id.

        Returns
        -------
        WrittenCounts
            Movies that are new or changed; one that says nothing new is not touched.
        """
        self._cursor.execute(sql.REFUSE_DUPLICATE_MOVIES)
        self._cursor.execute(sql.REFUSE_DUPLICATE_LINKS)
        if with_rated:
            self._cursor.execute(sql.STAGE_RATED_MOVIES)
        return self._written(sql.STORE_MOVIES)

    def refuse_ratings(self) -> None:
        """Mark the ratings that only their context speaks against.

        These are ratings of movies that the catalogue does not hold, and those of a pair of user
        and movie that was rated earlier in the file.
        """
        self._cursor.execute("ANALYZE rating_rows")
        self._cursor.execute(sql.REFUSE_RATINGS_OF_UNKNOWN_MOVIES)
        self._cursor.execute(sql.REFUSE_DUPLICATE_RATINGS)

    def count_rows(self) -> dict[str, RowCounts]:
        """Count what was staged.

        Returns
        -------
        dict of str to RowCounts
            For ``"movies"``, ``"links"`` and ``"ratings"``.
        """
        self._cursor.execute(sql.COUNT_ROWS)
        by_kind: dict[str, dict[str, int]] = {"movies": {}, "links": {}, "ratings": {}}
        for what, kind, count in self._cursor.fetchall():
            by_kind[what][kind] = count
        counts = {}
        for what, kinds in by_kind.items():
            rejects = {kind: count for kind, count in sorted(kinds.items()) if kind}
            counts[what] = RowCounts(sum(kinds.values()), sum(rejects.values()), rejects)
        return counts

    def export_rejects(self, path: Path) -> None:
        """Write the rows that were refused, with their line numbers, as CSV.

        Parameters
        ----------
        path : Path
            File to write; replaced if it exists.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            self._cursor.copy_expert(sql.EXPORT_REJECTS, file)

    def store_ratings(self) -> WrittenCounts:
        """Insert and update the ratings that were staged and not refused.

        The first ratings of all go in without an eye on others, several times as fast.

        Returns
        -------
        WrittenCounts
            Ratings that are new or changed; an equal one keeps its `stored_at`, and one that is
            older than what is stored does nothing.
        """
        if self._is_first():
            return self._store_first_ratings()
        return self._written(sql.STORE_RATINGS)

    def other_sources(self, source: str) -> list[str]:
        """Name the sources of earlier imports into this database.

        Parameters
        ----------
        source : str
            The one being imported now, which is left out.

        Returns
        -------
        list of str
            In alphabetical order.
        """
        self._cursor.execute(sql.OTHER_SOURCES, (source,))
        return [name for (name,) in self._cursor.fetchall()]

    def record(self, record: ImportRecord) -> None:
        """Note the import in the table `imports`.

        Parameters
        ----------
        record : ImportRecord
            What was imported.
        """
        values = (*record[:-1], Json(record.rejects))
        self._cursor.execute(sql.RECORD_IMPORT, (str(values[0]), *values[1:]))

    def _is_first(self) -> bool:
        """Tell whether no rating is stored; if so, none will be until this import ends."""
        if self._value(sql.HAS_RATINGS):
            return False
        self._cursor.execute(sql.LOCK_RATINGS)
        return not self._value(sql.HAS_RATINGS)

    def _store_first_ratings(self) -> WrittenCounts:
        self._cursor.execute(sql.DROP_CHECKS)
        self._cursor.execute(sql.STORE_FIRST_RATINGS)
        inserted = self._cursor.rowcount
        self._cursor.execute(sql.RESTORE_CHECKS)
        return WrittenCounts(inserted, 0)

    def _value(self, statement: str) -> bool:
        self._cursor.execute(statement)
        row = self._cursor.fetchone()
        return bool(row and row[0])

    def _written(self, statement: str) -> WrittenCounts:
        self._cursor.execute(statement)
        row = self._cursor.fetchone()
        assert row is not None  # an aggregate without GROUP BY has one row
        return WrittenCounts(*row)

    def _copy(self, target: str, rows: Iterable[_Row], to_line: Callable[[_Row], str]) -> None:
        reader = _LineReader(map(to_line, rows))
        try:
            self._cursor.copy_expert(f"COPY {target} FROM STDIN", reader, _BYTES_PER_READ)
        except psycopg2.Error:
            if reader.error is not None:  # which psycopg2 hides behind one of its own
                raise reader.error from None
            raise


class _LineReader(io.RawIOBase):
    """Gives COPY its bytes a few thousand lines at a time, so that no file is held in memory."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._buffer = b""
        self.error: BaseException | None = None

    def read(self, size: int = -1, /) -> bytes:
        """Return at most `size` bytes, none at the end."""
        if not self._buffer:
            try:
                self._buffer = "".join(islice(self._lines, _ROWS_PER_CHUNK)).encode()
            except BaseException as error:
                self.error = error
                raise
        end = len(self._buffer) if size < 0 else size
        chunk, self._buffer = self._buffer[:end], self._buffer[end:]
        return chunk
