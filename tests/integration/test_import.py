from __future__ import annotations

import csv
import gzip
import os
import tracemalloc
from pathlib import Path

import psycopg2
import pytest

from dataset_import import SourceOptions, run_import
from dataset_import.checks import check_ratings
from dataset_import.errors import DatasetImportError, SourceError, TooManyRejectsError
from matinee.errors import ConflictError, RatingStoreUnavailableError
from matinee.settings import MetricsSettings
from matinee.stores.bulk_load import bulk_load
from matinee_cli.main import main
from tests.support.pushgateways import fake_pushgateway

pytestmark = pytest.mark.integration

RATINGS = "SELECT user_id, movie_id, rating, extract(epoch FROM rated_at)::int FROM ratings"
STORED_AT = "SELECT user_id, movie_id, stored_at FROM ratings ORDER BY 1, 2"
CHECKS = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'ratings'::regclass
UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'ratings' ORDER BY 1, 2
"""


def query(url: str, statement: str) -> list[tuple[object, ...]]:
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def write_set(folder: Path, ratings: str, movies: str = "", links: str = "") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "ratings.csv").write_text(f"userId,movieId,rating,timestamp\n{ratings}")
    if movies:
        (folder / "movies.csv").write_text(f"movieId,title,genres\n{movies}")
    if links:
        (folder / "links.csv").write_text(f"movieId,imdbId,tmdbId\n{links}")
    return folder


@pytest.fixture
def ml_test(tmp_path: Path) -> Path:
    return write_set(
        tmp_path / "ml-test",
        "1,31,2.5,1260759144\n1,32,4.0,1260759145\n2,31,5.0,1260759146\n",
        '31,Heat (1995),Action|Crime\n32,"Amélie, ""2""",(no genres listed)\n',
        "31,0113277,949\n32,,\n",
    )


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rejects files are written below the working directory."""
    monkeypatch.chdir(tmp_path)


def test_import_stores_movies_ratings_and_what_was_done(database_url: str, ml_test: Path) -> None:
    summary = run_import(ml_test, database_url=database_url)
    assert query(database_url, f"{RATINGS} ORDER BY 1, 2") == [
        (1, 31, 2.5, 1260759144),
        (1, 32, 4.0, 1260759145),
        (2, 31, 5.0, 1260759146),
    ]
    assert query(database_url, "SELECT * FROM movies ORDER BY 1") == [
        (31, "Heat", 1995, ["Action", "Crime"], 113277, 949),
        (32, 'Amélie, "2"', None, [], None, None),
    ]
    assert (summary.ratings_inserted, summary.movies_inserted) == (3, 2)
    assert query(database_url, "SELECT source, ratings_read, ratings_inserted FROM imports") == [
        ("ml-test", 3, 3)
    ]


def test_import_pushes_the_totals_of_all_imports(
    database_url: str, tmp_path: Path, ml_test: Path
) -> None:
    (tmp_path / "x.csv").write_text("user,movie,rating\n1,31,3\n9,31,99\n")
    with fake_pushgateway() as gateway:
        metrics = MetricsSettings(pushgateway_url=gateway.url)
        run_import(ml_test, database_url=database_url, metrics=metrics)
        run_import(
            tmp_path / "x.csv", database_url=database_url, max_reject_share=0.5, metrics=metrics
        )
        text = gateway.groups["/metrics/job/matinee-import/stage/local"]
    for line in (
        "matinee_imports_total 2.0",
        'matinee_ratings_imported_total{result="inserted"} 3.0',
        'matinee_ratings_imported_total{result="updated"} 1.0',
        'matinee_ratings_rejected_total{kind="off_scale"} 1.0',
        "matinee_import_last_timestamp_seconds ",
    ):
        assert line in text, line


def test_import_whose_metrics_cannot_be_pushed_is_done(database_url: str, ml_test: Path) -> None:
    metrics = MetricsSettings(pushgateway_url="http://127.0.0.1:1")
    assert run_import(ml_test, database_url=database_url, metrics=metrics).ratings_inserted == 3


def test_import_twice_changes_nothing(database_url: str, ml_test: Path) -> None:
    run_import(ml_test, database_url=database_url)
    before = query(database_url, STORED_AT)
    summary = run_import(ml_test, database_url=database_url)
    assert query(database_url, STORED_AT) == before
    assert (summary.ratings_unchanged, summary.ratings_inserted, summary.ratings_updated) == (
        3,
        0,
        0,
    )
    assert summary.movies_written == 0


def test_import_of_changed_rating_updates_only_that(
    database_url: str, tmp_path: Path, ml_test: Path
) -> None:
    run_import(ml_test, database_url=database_url)
    before = query(database_url, STORED_AT)
    newer = write_set(tmp_path / "newer", "1,31,3.0,1260759999\n1,32,4.0,1260759145\n")
    summary = run_import(newer, database_url=database_url)
    after = query(database_url, STORED_AT)
    assert (summary.ratings_updated, summary.ratings_unchanged) == (1, 1)
    assert [old == new for old, new in zip(before, after, strict=True)] == [False, True, True]
    assert query(database_url, f"{RATINGS} WHERE user_id = 1 AND movie_id = 31") == [
        (1, 31, 3.0, 1260759999)
    ]


def test_import_of_rating_older_than_stored_keeps_the_stored_one(
    database_url: str, tmp_path: Path, ml_test: Path
) -> None:
    run_import(ml_test, database_url=database_url)
    query(database_url, "UPDATE ratings SET rating = 1, rated_at = now() WHERE user_id = 2")
    summary = run_import(ml_test, database_url=database_url)
    assert summary.ratings_updated == 0
    assert query(database_url, "SELECT rating FROM ratings WHERE user_id = 2") == [(1.0,)]


def test_import_without_times_changes_stars_and_keeps_known_times(
    database_url: str, tmp_path: Path, ml_test: Path
) -> None:
    run_import(ml_test, database_url=database_url)
    (tmp_path / "x.csv").write_text("user,movie,rating\n1,31,3\n1,32,4\n9,31,1\n")
    summary = run_import(tmp_path / "x.csv", database_url=database_url)
    assert (summary.ratings_inserted, summary.ratings_updated) == (1, 1)
    assert query(database_url, f"{RATINGS} WHERE movie_id = 31 ORDER BY 1") == [
        (1, 31, 3.0, 1260759144),
        (2, 31, 5.0, 1260759146),
        (9, 31, 1.0, None),
    ]


BAD_ROWS = (
    "3,31,4,1\n"  # line 2, fine
    "x,31,4,1\n"
    "3,32,6,1\n"
    "3,99,4,1\n"
    "3,31,1,1\n"
    "3,32,4,never\n"
    "3,32\n"
)


def test_import_with_bad_rows_counts_them_by_kind_and_writes_them_with_lines(
    database_url: str, tmp_path: Path
) -> None:
    folder = write_set(tmp_path / "bad", BAD_ROWS, "31,Heat,\n32,Up,\n32,Again,\nx,No id,\n")
    rejects = tmp_path / "out" / "rejects.csv"
    summary = run_import(
        folder, database_url=database_url, max_reject_share=0.9, rejects_path=rejects
    )
    assert summary.rejects == {
        "broken_date": 1,
        "duplicate": 1,
        "malformed": 1,
        "not_a_number": 1,
        "off_scale": 1,
        "unknown_movie": 1,
    }
    assert summary.other_rejects == {"movies: duplicate": 1, "movies: not_a_number": 1}
    assert (summary.ratings_inserted, summary.ratings_rejected) == (1, 6)
    assert summary.rejects_path == rejects
    with rejects.open(newline="") as file:
        assert list(csv.reader(file)) == [
            ["file", "line", "kind", "row"],
            ["movies", "4", "duplicate", "32,Again"],
            ["movies", "5", "not_a_number", "x,No id,"],
            ["ratings", "3", "not_a_number", "x,31,4,1"],
            ["ratings", "4", "off_scale", "3,32,6,1"],
            ["ratings", "5", "unknown_movie", "3,99,4,1"],
            ["ratings", "6", "duplicate", "3,31,1,1"],
            ["ratings", "7", "broken_date", "3,32,4,never"],
            ["ratings", "8", "malformed", "3,32"],
        ]
    assert query(database_url, "SELECT ratings_rejected, rejects->'off_scale' FROM imports") == [
        (6, 1)
    ]


def test_import_with_too_many_bad_rows_imports_nothing_and_says_where_they_are(
    database_url: str, tmp_path: Path
) -> None:
    folder = write_set(tmp_path / "bad", BAD_ROWS, "31,Heat,\n32,Up,\n")
    with pytest.raises(TooManyRejectsError, match=r"6 of 7 ratings .*\.matinee/rejects/bad\.csv"):
        run_import(folder, database_url=database_url)
    assert query(database_url, "SELECT count(*) FROM movies") == [(0,)]
    assert query(database_url, "SELECT count(*) FROM ratings") == [(0,)]
    assert query(database_url, "SELECT count(*) FROM imports") == [(0,)]
    assert len(Path(".matinee/rejects/bad.csv").read_text().splitlines()) == 7


def test_import_exactly_at_the_allowed_share_is_done(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("user,movie,rating\n1,1,3\n1,2,4\n1,3,9\n1,4,1\n")
    summary = run_import(tmp_path / "x.csv", database_url=database_url, max_reject_share=0.25)
    assert (summary.ratings_inserted, summary.ratings_rejected) == (3, 1)


def test_import_without_rejects_empties_the_file_of_an_earlier_one(
    database_url: str, ml_test: Path, tmp_path: Path
) -> None:
    rejects = tmp_path / "rejects.csv"
    rejects.write_text("old\n")
    summary = run_import(ml_test, database_url=database_url, rejects_path=rejects)
    assert summary.rejects_path is None
    assert rejects.read_text() == "file,line,kind,row\n"


def test_import_without_movies_gives_titles_of_ids_but_never_over_known_ones(
    database_url: str, tmp_path: Path, ml_test: Path
) -> None:
    run_import(ml_test, database_url=database_url)
    (tmp_path / "x.csv").write_text("user,movie,rating\n7,31,3\n7,900,4\n")
    summary = run_import(tmp_path / "x.csv", database_url=database_url)
    assert (summary.movies_inserted, summary.movies_updated) == (1, 0)
    assert query(database_url, "SELECT title, year FROM movies ORDER BY movie_id") == [
        ("Heat", 1995),
        ('Amélie, "2"', None),
        ("Movie 900", None),
    ]


def test_import_beside_another_source_says_that_ids_must_agree(
    database_url: str, tmp_path: Path, ml_test: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_import(ml_test, database_url=database_url)
    run_import(ml_test, database_url=database_url)
    assert "note:" not in capsys.readouterr().err
    (tmp_path / "x.csv").write_text("user,movie,rating\n7,31,3\n")
    run_import(tmp_path / "x.csv", database_url=database_url)
    assert "also holds ratings of ml-test" in capsys.readouterr().err


def test_import_with_movies_told_checks_against_them(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("user,movie,rating\n7,31,3\n7,900,4\n")
    (tmp_path / "titles.csv").write_text("movie_id,title\n31,Heat (1995)\n")
    summary = run_import(
        tmp_path / "x.csv",
        database_url=database_url,
        max_reject_share=1,
        options=SourceOptions(movies=tmp_path / "titles.csv"),
    )
    assert summary.rejects == {"unknown_movie": 1}
    assert query(database_url, "SELECT title, year, genres FROM movies") == [("Heat", 1995, [])]


def test_import_keeps_the_constraints_and_indexes_of_ratings(
    database_url: str, ml_test: Path
) -> None:
    before = query(database_url, CHECKS)
    run_import(ml_test, database_url=database_url)
    assert query(database_url, CHECKS) == before


def test_import_of_a_damaged_file_imports_nothing(database_url: str, tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv.gz"
    rows = "".join(f"{user},1,4\n" for user in range(1, 50_000))
    path.write_bytes(gzip.compress(f"user,movie,rating\n{rows}".encode())[:-2000])
    with pytest.raises(SourceError, match="damaged or incomplete"):
        run_import(path, database_url=database_url)
    assert query(database_url, "SELECT count(*) FROM ratings") == [(0,)]


def test_import_of_an_empty_table_says_so(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("user,movie,rating\n")
    with pytest.raises(SourceError, match="no ratings"):
        run_import(tmp_path / "x.csv", database_url=database_url)


def test_import_that_cannot_write_rejects_says_so(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("user,movie,rating\n1,1,9\n")
    (tmp_path / "taken").write_text("")
    with pytest.raises(DatasetImportError, match="taken"):
        run_import(
            tmp_path / "x.csv", database_url=database_url, rejects_path=tmp_path / "taken/x.csv"
        )


def test_import_whose_server_goes_away_says_so(database_url: str) -> None:
    with (
        pytest.raises(RatingStoreUnavailableError, match="gave up during the import"),
        bulk_load(database_url) as load,
    ):
        query(
            database_url,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'matinee-import' AND datname = current_database()",
        )
        load.count_rows()


def test_import_during_another_is_refused(database_url: str, ml_test: Path) -> None:
    with (
        bulk_load(database_url),
        pytest.raises(ConflictError, match="another import is at work"),
    ):
        run_import(ml_test, database_url=database_url)


def test_import_memory_does_not_grow_with_the_file(database_url: str) -> None:
    def peak_bytes(n_ratings: int) -> int:
        rows = ((n, str(n // 500 + 1), str(n % 500 + 1), "4", "1") for n in range(n_ratings))
        with bulk_load(database_url) as load:
            tracemalloc.start()
            load.stage_ratings(check_ratings(rows))
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        return peak

    small, large = peak_bytes(10_000), peak_bytes(100_000)
    assert large < small * 1.2
    assert large < 5_000_000


def test_import_command_prints_a_table_and_where_the_rejects_are(
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "x.csv").write_text("member;film;stars\n1;31;4\n1;32;nine\n")
    monkeypatch.setenv("DATABASE_URL", database_url)
    told = ["x.csv", "--user-column", "member", "--max-reject-share", "0.5"]
    assert main(["import", *told]) == 0
    captured = capsys.readouterr()
    assert "rejected rows, with line numbers: .matinee/rejects/x.csv" in captured.out
    assert "not_a_number" in captured.out
    assert "read x.csv: 2 rows" in captured.err
    assert main(["import", "x.csv", "--user-column", "member"]) == 1
    assert "nothing was imported: 1 of 2 ratings" in capsys.readouterr().err


def test_import_of_the_packaged_ratings_stores_all_of_them(database_url: str) -> None:
    summary = run_import("packaged", database_url=database_url, progress=False)
    assert (summary.ratings_inserted, summary.ratings_rejected) == (100_004, 0)
    assert query(database_url, "SELECT count(*) FROM movies") == [(9_066,)]
    assert query(database_url, "SELECT title, year, genres FROM movies WHERE movie_id = 6") == [
        ("Heat", 1995, ["Action", "Crime", "Thriller"])
    ]


@pytest.fixture
def data_folder() -> Path:
    folder = os.environ.get("MATINEE_DATA_DIR")
    if not folder:
        pytest.skip("MATINEE_DATA_DIR names no folder with MovieLens sets")
    return Path(folder)


@pytest.mark.parametrize(
    ("name", "n_ratings", "n_movies"),
    [
        ("ml-latest-small", 100_836, 9_742),
        ("ml-100k", 100_000, 1_682),
        ("ml-1m", 1_000_209, 3_883),
    ],
)
def test_import_of_a_real_set_stores_all_of_it(
    database_url: str, data_folder: Path, name: str, n_ratings: int, n_movies: int
) -> None:
    summary = run_import(data_folder / name, database_url=database_url, progress=False)
    assert (summary.ratings_inserted, summary.ratings_rejected) == (n_ratings, 0)
    assert summary.movies_inserted == n_movies
