"""Ratings in text files: CSV and its kin, MovieLens's ``u.data`` and ``.dat`` among them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain

from dataset_import.checks import RawRating
from dataset_import.columns import ColumnNames, RatingColumns, headerless_columns, rating_columns
from dataset_import.errors import SourceError
from dataset_import.members import Member, open_text
from dataset_import.records import Malformed, Record, RecordReader, sniff_delimiter
from dataset_import.source import RowStream


@contextmanager
def open_ratings(
    member: Member, names: ColumnNames, delimiter: str | None = None
) -> Iterator[RowStream[RawRating | Malformed]]:
    """Open a file of ratings, with a header line or without."""
    with open_text(member) as text:
        first_line = next(text.lines, "")
        if not first_line.strip():
            raise SourceError(f"{member.name} is empty, or begins with an empty line")
        delimiter = delimiter or sniff_delimiter(first_line, member.name)
        reader = RecordReader(chain([first_line], text.lines), delimiter)
        first = reader.first()
        if _is_header(first):
            columns = rating_columns(first, names, member.name)
            begin: list[Record] = []
        else:
            columns = _columns_by_number(len(first), names, member.name)
            begin = [(1, first)]
        keys = (columns.user, columns.movie, columns.rating)
        records = chain(begin, reader.rest(width=len(first), keys=keys))
        yield RowStream(member.name, _pick(records, columns), member.size, "B", text.position)


def _is_header(fields: list[str]) -> bool:
    return not any(field.strip().replace(".", "", 1).isdigit() for field in fields)


def _columns_by_number(n_columns: int, names: ColumnNames, file_name: str) -> RatingColumns:
    """Take user, movie, rating and time in this order, unless told otherwise."""
    if n_columns < 3:
        raise SourceError(f"{file_name}: its first line has fewer than three fields")
    told = ColumnNames(
        user=names.user or "1",
        movie=names.movie or "2",
        rating=names.rating or "3",
        time=names.time or ("4" if n_columns > 3 else None),
    )
    return rating_columns(headerless_columns(n_columns), told, file_name)


def _pick(
    records: Iterator[Record | Malformed], columns: RatingColumns
) -> Iterator[RawRating | Malformed]:
    user, movie, rating, time = columns.user, columns.movie, columns.rating, columns.time
    for record in records:
        if isinstance(record, Malformed):
            yield record
            continue
        line, fields = record
        yield (
            line,
            fields[user],
            fields[movie],
            fields[rating],
            "" if time is None else fields[time],
        )
