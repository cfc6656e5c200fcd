"""Tells what a source is from what the caller typed, and opens it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from dataset_import.columns import ColumnNames
from dataset_import.download import Advance, default_download_folder, fetch_dataset
from dataset_import.errors import SourceError
from dataset_import.members import file_member, folder_members, zip_members
from dataset_import.movie_files import open_movies
from dataset_import.movielens import DOWNLOADABLE, licence_notice, movielens_source
from dataset_import.packaged import PACKAGED, packaged_source
from dataset_import.rating_files import open_ratings
from dataset_import.source import Source


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """How to read what does not explain itself."""

    columns: ColumnNames = field(default_factory=ColumnNames)
    delimiter: str | None = None
    movies: Path | None = None
    download_folder: Path | None = None


@contextmanager
def open_source(
    source: str | Path, options: SourceOptions, advance: Advance | None = None
) -> Iterator[Source]:
    """Open the packaged ratings, a file, a folder or a zip, or a data set by its name.

    What exists as a path is never looked for under the name of a data set.
    """
    path = Path(source)
    if str(source) == PACKAGED and not path.exists():
        yield packaged_source(licence_notice(may_be_redistributed=True))
        return
    if str(source) in DOWNLOADABLE and not path.exists():
        folder = options.download_folder or default_download_folder()
        path = fetch_dataset(str(source), folder, advance=advance)
    is_set = path.is_dir() or path.suffix.lower() == ".zip"
    if is_set and (options.columns != ColumnNames() or options.delimiter or options.movies):
        raise SourceError(
            f"{source} is a MovieLens set: columns, delimiter and movies are for single files"
        )
    if path.is_dir():
        yield movielens_source(path.resolve().name, folder_members(path))
    elif path.suffix.lower() == ".zip" and path.is_file():
        with zip_members(path) as members:
            yield movielens_source(path.stem, members)
    elif path.is_file():
        yield _table_source(path, options)
    else:
        raise SourceError(
            f"{source} is no file or folder here; data sets that can be downloaded by name: "
            f"{', '.join(DOWNLOADABLE)}"
        )


def _table_source(path: Path, options: SourceOptions) -> Source:
    if path.suffix.lower() in {".parquet", ".pq"}:
        # Importing pyarrow takes 40 MB, which only Parquet is worth.
        from dataset_import.parquet_files import open_parquet_ratings

        ratings = partial(open_parquet_ratings, path, options.columns)
    else:
        member = file_member(path)
        ratings = partial(open_ratings, member, options.columns, options.delimiter)
    movies = None
    if options.movies is not None:
        if not options.movies.is_file():
            raise SourceError(f"{options.movies}: no such file of movies")
        movies = partial(open_movies, file_member(options.movies))
    return Source(path.name, ratings=ratings, movies=movies)
