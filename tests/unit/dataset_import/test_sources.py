import gzip
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dataset_import.columns import ColumnNames
from dataset_import.errors import SourceError
from dataset_import.source import Source
from dataset_import.sources import SourceOptions, open_source

RATING = ("1", "31", "5", "99")
SETS = {
    "csv": {
        "ratings.csv": b"userId,movieId,rating,timestamp\n1,31,5,99\n",
        "movies.csv": b"movieId,title,genres\n31,Heat (1995),Crime\n",
        "links.csv": b"movieId,imdbId,tmdbId\n31,113277,949\n",
    },
    "dat": {"ratings.dat": b"1::31::5::99\n", "movies.dat": b"31::Heat (1995)::Crime\n"},
    "100k": {
        "u.data": b"1\t31\t5\t99\n",
        "u.item": b"31|Heat (1995)|||x|0|1\n",
        "u.genre": b"unknown|0\nCrime|1\n",
    },
}


def write_folder(folder: Path, files: dict[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)


def gzipped(files: dict[str, bytes]) -> dict[str, bytes]:
    return {f"{name}.gz": gzip.compress(content) for name, content in files.items()}


def read_ratings(source: Source) -> list:
    with source.ratings() as stream:
        rows = list(stream.rows)
        assert stream.done() == stream.total
    return [row[1:] for row in rows]


def read_movies(source: Source) -> list:
    assert source.movies is not None
    with source.movies() as stream:
        return [(movie.movie_id, movie.title, movie.year, movie.genres) for movie in stream.rows]


@pytest.mark.parametrize("files", [*SETS.values(), *map(gzipped, SETS.values())])
@pytest.mark.parametrize("is_zip", [False, True], ids=["folder", "zip"])
def test_movielens_set_is_read_in_every_form(
    tmp_path: Path, files: dict[str, bytes], is_zip: bool
) -> None:
    path = tmp_path / "ml-test"
    write_folder(path, files)
    if is_zip:
        path = tmp_path / "ml-test.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("__MACOSX/ml-test/._ratings.csv", b"junk")
            for name, content in files.items():
                archive.writestr(f"ml-test/{name}", content)
    with open_source(path, SourceOptions()) as source:
        assert source.name == "ml-test"
        assert source.notice is not None and "GroupLens" in source.notice
        assert read_ratings(source) == [RATING]
        assert read_movies(source) == [(31, "Heat", 1995, ("Crime",))]
        assert (source.links is None) == (not any("links" in name for name in files))


def test_movielens_set_of_1m_without_times_is_read(tmp_path: Path) -> None:
    write_folder(tmp_path, {"ratings_no_timestamp.dat.gz": gzip.compress(b"1::31::5\n")})
    with open_source(tmp_path, SourceOptions()) as source:
        assert read_ratings(source) == [("1", "31", "5", "")]
        assert source.movies is None
        assert source.notice is not None and "not be passed on" in source.notice


def test_outermost_of_several_files_is_taken(tmp_path: Path) -> None:
    write_folder(tmp_path / "old", {"ratings.csv": b"userId,movieId,rating\n9,9,1\n"})
    write_folder(tmp_path, {"ratings.csv": b"userId,movieId,rating\n1,31,5\n"})
    with open_source(tmp_path, SourceOptions()) as source:
        assert read_ratings(source) == [("1", "31", "5", "")]


def test_parquet_is_read_with_nulls_and_times(tmp_path: Path) -> None:
    path = tmp_path / "ratings.parquet"
    table = pa.table(
        {
            "user": pa.array([1, 2], pa.int64()),
            "item": pa.array([31.0, None], pa.float64()),
            "rating": pa.array([5.0, 4.5], pa.float32()),
            "time": pa.array([1_260_759_144_000_000_001, None], pa.timestamp("ns")),
        }
    )
    pq.write_table(table, path)
    with open_source(path, SourceOptions()) as source:
        rows = read_ratings(source)
    assert rows == [("1", "31.0", "5.0", "2009-12-14 02:52:24"), ("2", "", "4.5", "")]


def test_single_file_with_movies_has_titles(tmp_path: Path) -> None:
    write_folder(tmp_path, SETS["csv"])
    options = SourceOptions(movies=tmp_path / "movies.csv")
    with open_source(tmp_path / "ratings.csv", options) as source:
        assert source.name == "ratings.csv"
        assert read_movies(source) == [(31, "Heat", 1995, ("Crime",))]


def test_packaged_ratings_are_the_set_of_2016() -> None:
    with open_source("packaged", SourceOptions()) as source:
        ratings, movies = read_ratings(source), read_movies(source)
    assert (len(ratings), len(movies)) == (100_004, 9_066)
    assert ratings[0] == ("1", "31", "2.5", "1260759144")
    assert (1, "Toy Story", 1995) in {movie[:3] for movie in movies}


@pytest.mark.parametrize(
    ("name", "content", "options", "message"),
    [
        ("x.zip", b"PK no zip", SourceOptions(), "not a whole zip"),
        ("x.parquet", b"PAR1 no parquet", SourceOptions(), "not a whole Parquet"),
        ("x.csv", b"user,movie,rating\n", SourceOptions(movies=Path("none.csv")), r"none\.csv"),
    ],
)
def test_file_that_is_not_what_it_seems_is_refused(
    tmp_path: Path, name: str, content: bytes, options: SourceOptions, message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=message), open_source(tmp_path / name, options) as source:
        read_ratings(source)


def test_folder_without_ratings_says_what_was_looked_for(tmp_path: Path) -> None:
    with (
        pytest.raises(SourceError, match=r"ratings\.csv, ratings\.dat"),
        open_source(tmp_path, SourceOptions()),
    ):
        pass


def test_unknown_name_lists_those_that_can_be_downloaded() -> None:
    with pytest.raises(SourceError, match="ml-25m"), open_source("ml-7", SourceOptions()):
        pass


def test_columns_told_for_a_movielens_set_are_refused(tmp_path: Path) -> None:
    options = SourceOptions(columns=ColumnNames(user="who"))
    with pytest.raises(SourceError, match="single files"), open_source(tmp_path, options):
        pass
