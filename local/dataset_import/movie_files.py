"""Movies and their links in text files, in the three forms MovieLens has had."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from typing import TypeVar

from dataset_import.checks import MALFORMED, NOT_A_NUMBER, is_text, parse_id
from dataset_import.columns import find_column, require_column
from dataset_import.errors import SourceError
from dataset_import.members import Member, open_text
from dataset_import.records import Malformed, Record, RecordReader, sniff_delimiter
from dataset_import.source import RowStream
from dataset_import.titles import split_genres, split_title
from matinee.stores.import_rows import LinkRow, MovieRow, Reject

# The order of the flags at the end of each line of u.item.
U_ITEM_GENRES = (
    "unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime",
    "Documentary", "Drama", "Fantasy", "Film-Noir", "Horror", "Musical", "Mystery", "Romance",
    "Sci-Fi", "Thriller", "War", "Western",
)  # fmt: skip
_U_ITEM_FIRST_FLAG = 5
_MAX_LINKED_ID = 2**31 - 1
_Row = TypeVar("_Row")


@contextmanager
def open_movies(
    member: Member, genres: Member | None = None
) -> Iterator[RowStream[MovieRow | Reject]]:
    """Open a file of movies; its form is told by its name and first line.

    `genres` is the file ``u.genre`` that names the flags of ``u.item``.
    """
    names = _genre_names(genres) if genres else U_ITEM_GENRES
    with open_text(member) as text:
        first_line = next(text.lines, "")
        lines = chain([first_line], text.lines)
        if member.plain_name.endswith(".item"):
            rows = _u_item_rows(lines, names)
        elif "::" in first_line:
            rows = _dat_rows(lines)
        else:
            rows = _table_rows(lines, sniff_delimiter(first_line, member.name), member.name)
        yield RowStream(member.name, rows, member.size, "B", text.position)


def _genre_names(member: Member) -> tuple[str, ...]:
    with open_text(member) as text:
        pairs = [line.strip().split("|") for line in text.lines if line.strip()]
    if any(len(pair) != 2 or not pair[1].isdigit() for pair in pairs):
        raise SourceError(f"{member.name}: expected lines such as Action|1")
    return tuple(name for name, _ in sorted(pairs, key=lambda pair: int(pair[1])))


def _u_item_rows(lines: Iterator[str], names: tuple[str, ...]) -> Iterator[MovieRow | Reject]:
    width = _U_ITEM_FIRST_FLAG + len(names)
    for number, text in enumerate(lines, start=1):
        line = _latin_1_where_not_utf_8(text.rstrip("\r\n"))
        fields = line.split("|")
        if len(fields) != width:
            if line:
                yield Reject(number, MALFORMED, line)
            continue
        flags = zip(names, fields[_U_ITEM_FIRST_FLAG:], strict=True)
        genres = tuple(name for name, flag in flags if flag == "1" and name != "unknown")
        yield _movie(number, fields[0], fields[1], genres, line)


def _dat_rows(lines: Iterator[str]) -> Iterator[MovieRow | Reject]:
    for number, text in enumerate(lines, start=1):
        line = _latin_1_where_not_utf_8(text.rstrip("\r\n"))
        fields = line.split("::")
        if len(fields) == 3:
            yield _movie(number, fields[0], fields[1], split_genres(fields[2]), line)
        elif line:
            yield Reject(number, MALFORMED, line)


def _table_rows(
    lines: Iterator[str], delimiter: str, file_name: str
) -> Iterator[MovieRow | Reject]:
    reader = RecordReader(lines, delimiter)
    header = reader.first()
    movie = require_column(header, "movie", file_name)
    title = require_column(header, "title", file_name)
    genres = find_column(header, "genres", file_name)
    year = find_column(header, "year", file_name)

    def to_row(number: int, fields: list[str]) -> MovieRow | Reject:
        names = None if genres is None else split_genres(fields[genres])
        told_year = None if year is None else parse_id(fields[year], largest=9999)
        raw = ",".join(fields)
        return _movie(number, fields[movie], fields[title], names, raw, told_year)

    return _judge(reader.rest(width=len(header), keys=[movie]), to_row)


def _movie(
    line: int,
    movie: str,
    title: str,
    genres: tuple[str, ...] | None,
    raw: str,
    told_year: int | None = None,
) -> MovieRow | Reject:
    if not all(is_text(part) for part in (title, *(genres or ()))):
        return Reject(line, MALFORMED, raw)
    movie_id = parse_id(movie)
    if movie_id is None:
        return Reject(line, NOT_A_NUMBER, raw)
    name, year = split_title(title)
    return MovieRow(line, movie_id, name, told_year or year, genres)


@contextmanager
def open_links(member: Member) -> Iterator[RowStream[LinkRow | Reject]]:
    """Open MovieLens's ``links.csv``."""
    with open_text(member) as text:
        reader = RecordReader(text.lines, ",")
        header = reader.first()
        movie = require_column(header, "movie", member.name)
        imdb = require_column(header, "imdb", member.name)
        tmdb = require_column(header, "tmdb", member.name)

        def to_row(number: int, fields: list[str]) -> LinkRow | Reject:
            movie_id = parse_id(fields[movie])
            imdb_id = parse_id(fields[imdb].removeprefix("tt"), largest=_MAX_LINKED_ID)
            tmdb_id = parse_id(fields[tmdb], largest=_MAX_LINKED_ID)
            is_broken = (fields[imdb] and imdb_id is None) or (fields[tmdb] and tmdb_id is None)
            if movie_id is None or is_broken:
                return Reject(number, NOT_A_NUMBER, ",".join(fields))
            return LinkRow(number, movie_id, imdb_id, tmdb_id)

        rows = _judge(reader.rest(width=len(header), keys=[movie]), to_row)
        yield RowStream(member.name, rows, member.size, "B", text.position)


def _judge(
    records: Iterator[Record | Malformed], to_row: Callable[[int, list[str]], _Row]
) -> Iterator[_Row | Reject]:
    for record in records:
        if isinstance(record, Malformed):
            yield Reject(record.line, MALFORMED, record.raw)
        else:
            yield to_row(*record)


def _latin_1_where_not_utf_8(text: str) -> str:
    """Read a line of the older sets, which are Latin-1 but for ml-10m."""
    if text.isascii():
        return text
    octets = text.encode("utf-8", "surrogateescape")
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return octets.decode("latin-1")
