from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dataset_import.progress import Progress
from dataset_import.source import Source
from dataset_import.sources import SourceOptions, open_source
from replay.errors import ReplayError
from replay.ratings import DatedRatings, arrival, beginning, read_ratings

QUIET = Progress(enabled=False)
LINES = ("2,20,4,300", "1,10,5,100", "1,20,3.5,200", "3,30,1,200")


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def read(folder: Path, *lines: str, header: str = "user,movie,rating,time") -> DatedRatings:
    file = folder / "ratings.csv"
    file.write_text("\n".join([header, *lines]) + "\n")
    with open_source(file, SourceOptions()) as source:
        return read_ratings(source, QUIET)


def rows_of(source: Source) -> list[tuple[str, ...]]:
    with source.ratings() as stream:
        return [tuple(row)[1:] for row in stream.rows]


def test_ratings_come_in_the_order_of_their_times(tmp_path: Path) -> None:
    ratings = read(tmp_path, *LINES)
    assert ratings.rows.tolist() == [
        (1, 10, 5, 100),
        (1, 20, 3.5, 200),
        (3, 30, 1, 200),
        (2, 20, 4, 300),
    ]
    assert ratings.ends == moment(301)


def test_window_holds_its_first_moment_and_not_its_last(tmp_path: Path) -> None:
    ratings = read(tmp_path, *LINES).between(moment(100), moment(300))
    assert ratings.rows["time"].tolist() == [100, 200, 200]


def test_ratings_are_given_by_user(tmp_path: Path) -> None:
    by_user = read(tmp_path, *LINES).by_user()
    assert {user: rows["movie"].tolist() for user, rows in by_user.items()} == {
        1: [10, 20],
        2: [20],
        3: [30],
    }


def test_no_ratings_are_of_no_user(tmp_path: Path) -> None:
    assert read(tmp_path, *LINES).between(moment(400), moment(500)).by_user() == {}


def test_undated_ratings_are_refused_and_counted(tmp_path: Path) -> None:
    with pytest.raises(ReplayError, match="1 ratings in ratings.csv have no time.*--time-column"):
        read(tmp_path, *LINES, "4,10,5,")


def test_many_bad_rows_are_refused_by_kind(tmp_path: Path) -> None:
    with pytest.raises(ReplayError, match="off_scale 1"):
        read(tmp_path, *LINES, "4,10,9,100")


def read_with_movies(folder: Path, *lines: str, movies: Sequence[int]) -> DatedRatings:
    listed = folder / "movies.csv"
    listed.write_text("\n".join(["movieId,title", *(f"{m},Movie {m}" for m in movies), ",broken"]))
    file = folder / "ratings.csv"
    file.write_text("\n".join(["user,movie,rating,time", *lines]))
    with open_source(file, SourceOptions(movies=listed)) as source:
        return read_ratings(source, QUIET)


def test_ratings_of_movies_that_the_source_does_not_list_are_refused_by_number_and_id(
    tmp_path: Path,
) -> None:
    with pytest.raises(ReplayError, match=r"3 ratings .*unknown_movie 3\).* lacks 10, 30;"):
        read_with_movies(tmp_path, *LINES, "4,30,2,400", movies=[20])


def test_few_ratings_of_movies_that_the_source_does_not_list_are_left_out(tmp_path: Path) -> None:
    many = [f"{user},20,4,{user}" for user in range(1, 200)]
    ratings = read_with_movies(tmp_path, *many, "1,10,4,500", movies=[20])
    assert len(ratings) == 199
    assert set(ratings.rows["movie"].tolist()) == {20}


def test_rating_that_is_changed_within_a_window_counts_once_as_it_ended(tmp_path: Path) -> None:
    ratings = read(tmp_path, *LINES, "1,10,2,250", "1,10,3,400")
    assert ratings.between(None, moment(300)).rows.tolist() == [
        (1, 20, 3.5, 200),
        (3, 30, 1, 200),
        (1, 10, 2, 250),
    ]


def test_file_without_ratings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReplayError, match="no ratings"):
        read(tmp_path)


def test_beginning_has_every_movie_and_only_old_ratings(tmp_path: Path) -> None:
    ratings = read(tmp_path, *LINES)
    with open_source(tmp_path / "ratings.csv", SourceOptions()) as source:
        begun = beginning(source, ratings, moment(200))
    assert rows_of(begun) == [("1", "10", "5.0", "100.0")]
    assert begun.movies is not None
    with begun.movies() as movies:
        assert [(row.movie_id, row.title) for row in movies.rows] == [
            (10, None),
            (20, None),
            (30, None),
        ]


def test_beginning_without_old_ratings_is_refused(tmp_path: Path) -> None:
    ratings = read(tmp_path, *LINES)
    with (
        open_source(tmp_path / "ratings.csv", SourceOptions()) as source,
        pytest.raises(ReplayError, match="begin later with --from"),
    ):
        beginning(source, ratings, moment(100))


def test_arrival_brings_ratings_and_no_movies(tmp_path: Path) -> None:
    arriving = arrival("mine", read(tmp_path, *LINES).between(moment(200), moment(300)))
    assert rows_of(arriving) == [("1", "20", "3.5", "200.0"), ("3", "30", "1.0", "200.0")]
    assert arriving.movies is not None
    with arriving.movies() as movies:
        assert list(movies.rows) == []
