from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg2
import pytest

from matinee.errors import DatabaseSchemaError, RatingStoreUnavailableError
from matinee.stores.schema import MIGRATIONS, migrate, read_migrations

pytestmark = pytest.mark.integration

NAMES = [migration.name for migration in read_migrations(MIGRATIONS)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the migrations that a test may change."""
    return Path(shutil.copytree(MIGRATIONS, tmp_path / "migrations"))


def query(url: str, statement: str) -> list[tuple[object, ...]]:
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall()
    finally:
        connection.close()


def tables(url: str) -> set[object]:
    rows = query(url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return {name for (name,) in rows}


def test_migrate_empty_database_creates_every_table(empty_database_url: str) -> None:
    assert migrate(empty_database_url) == NAMES
    assert tables(empty_database_url) == {
        "schema_migrations",
        "movies",
        "ratings",
        "imports",
        "recommendation_logs",
        "drift_reports",
        "environment_starts",
        "feedback",
        "training_runs",
    }


def test_migrate_again_does_nothing(empty_database_url: str) -> None:
    migrate(empty_database_url)
    applied = query(empty_database_url, "SELECT * FROM schema_migrations")
    assert migrate(empty_database_url) == []
    assert query(empty_database_url, "SELECT * FROM schema_migrations") == applied


def test_migrate_by_several_at_once_is_done_by_one(empty_database_url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        applied = list(pool.map(migrate, [empty_database_url] * 4))
    assert sorted(applied) == [[], [], [], NAMES]


def test_migrate_with_a_new_file_applies_only_that(empty_database_url: str, folder: Path) -> None:
    migrate(empty_database_url)
    (folder / "9000_more.sql").write_text("CREATE TABLE more (x int);")
    assert migrate(empty_database_url, folder=folder) == ["9000_more"]


def test_migrate_with_a_changed_file_is_refused(empty_database_url: str, folder: Path) -> None:
    migrate(empty_database_url)
    with (folder / f"{NAMES[0]}.sql").open("a") as file:
        file.write("CREATE TABLE more (x int);")
    with pytest.raises(DatabaseSchemaError, match=f"{NAMES[0]} changed after"):
        migrate(empty_database_url, folder=folder)


def test_migrate_of_a_newer_database_is_refused(empty_database_url: str, folder: Path) -> None:
    (folder / "9000_more.sql").write_text("CREATE TABLE more (x int);")
    migrate(empty_database_url, folder=folder)
    with pytest.raises(DatabaseSchemaError, match=r"newer than this version.*9000_more"):
        migrate(empty_database_url)


def test_migrate_with_a_file_that_fails_keeps_those_before_and_nothing_of_it(
    empty_database_url: str, folder: Path
) -> None:
    (folder / "9000_more.sql").write_text("CREATE TABLE more (x int); CREATE TABLE movies (x int);")
    with pytest.raises(DatabaseSchemaError, match=r'9000_more failed: relation "movies"'):
        migrate(empty_database_url, folder=folder)
    assert "more" not in tables(empty_database_url)
    assert migrate(empty_database_url) == []


def test_migrate_without_a_server_says_so_without_the_password() -> None:
    with pytest.raises(RatingStoreUnavailableError, match="refused") as caught:
        migrate("postgresql://matinee:hush@127.0.0.1:1/matinee")
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("rating", [0.4, 5.1])
def test_ratings_table_refuses_what_is_off_the_scale(database_url: str, rating: float) -> None:
    with pytest.raises(psycopg2.errors.CheckViolation):
        query(
            database_url,
            "WITH movie AS (INSERT INTO movies (movie_id, title) VALUES (1, 'x') RETURNING 1) "
            f"INSERT INTO ratings (user_id, movie_id, rating) VALUES (1, 1, {rating}) RETURNING 1",
        )
