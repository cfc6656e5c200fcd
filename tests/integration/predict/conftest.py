"""The predict function on a real PostgreSQL and a real S3 server."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from mangum import Mangum

from matinee.stores.model_publisher import ModelPublisher, s3_client
from matinee.stores.s3_reader import S3Reader
from predictor import services as services_module
from predictor.api import create_handler
from predictor.settings import PredictSettings
from tests.support.events import InvocationContext, http_event
from tests.support.models import HISTORIES, MOVIES, SNAPSHOT_AT, build_version

ALIEN, ALIENS, BIG, CLUE, DUNE, ELOGE = 10, 20, 30, 40, 50, 60
TIMEOUT_MS = 500
Send = Callable[..., tuple[int, Any]]


@pytest.fixture
def publisher(bucket: str, s3_environment: dict[str, str]) -> Iterator[ModelPublisher]:
    client = s3_client(
        region=s3_environment["AWS_REGION"], endpoint_url=s3_environment["AWS_ENDPOINT_URL_S3"]
    )
    yield ModelPublisher(client, bucket)
    client.close()


def publish(publisher: ModelPublisher, folder: Path, version: str) -> None:
    """Publish a version and make it champion."""
    pointer = build_version(folder, version)
    publisher.publish(folder / version)
    champion = publisher.champion()
    publisher.swap_champion(pointer, expected_etag=champion[1] if champion else None)


@contextmanager
def session(url: str) -> Iterator[Any]:
    """Open a connection of the test's own, every statement a transaction."""
    connection = psycopg2.connect(url, connect_timeout=5)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def rows_of(url: str, statement: str) -> list[tuple[Any, ...]]:
    with session(url) as cursor:
        cursor.execute(statement)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


@pytest.fixture
def filled_database_url(database_url: str) -> str:
    """A database with the movies, and the ratings that the model was trained on."""
    with session(database_url) as cursor:
        cursor.executemany(
            "INSERT INTO movies (movie_id, title, year, genres) VALUES (%s, %s, %s, %s)",
            [(m.movie_id, m.title, m.year, list(m.genres)) for m in MOVIES],
        )
        cursor.executemany(
            "INSERT INTO ratings (user_id, movie_id, rating, stored_at) VALUES (%s, %s, %s, %s)",
            [
                (user_id, movie_id, stars, SNAPSHOT_AT)
                for user_id, history in HISTORIES.items()
                for movie_id, stars in history.items()
            ],
        )
    return database_url


@pytest.fixture
def readers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Close the readers that `build_services` makes."""
    made: list[S3Reader] = []

    class ClosedAfterwards(S3Reader):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            made.append(self)

    monkeypatch.setattr(services_module, "S3Reader", ClosedAfterwards)
    yield
    for reader in made:
        reader.close()


@pytest.fixture
def serve(
    bucket: str, s3_environment: dict[str, str], tmp_path: Path, readers: None
) -> Iterator[Callable[..., Send]]:
    """Return a function that builds the handler as Lambda does, from variables."""
    databases = []

    def build(url: str, **changes: str) -> Send:
        environment = {
            **os.environ,
            "DATABASE_URL": url,
            "DATABASE_TIMEOUT_MS": str(TIMEOUT_MS),
            "MODEL_BUCKET": bucket,
            "MODEL_CACHE_DIR": str(tmp_path / f"cache-{len(databases)}"),
            "ADMIN_TOKEN": "integration-token",
            **changes,
        }
        services = services_module.build_services(PredictSettings.from_environment(environment))
        databases.append(services.database)
        return sender(create_handler(services))

    yield build
    for database in databases:
        database.close()


def sender(handler: Mangum) -> Send:
    def send(
        method: str, path: str, /, headers: dict[str, str] | None = None, **fields: object
    ) -> tuple[int, Any]:
        body = json.dumps(fields) if fields else None
        event = http_event(method, path, body=body, headers=headers)
        reply = handler(event, InvocationContext())
        send.headers = reply["headers"]  # type: ignore[attr-defined]
        return reply["statusCode"], json.loads(reply["body"])

    return send


@pytest.fixture
def send(
    serve: Callable[..., Send], publisher: ModelPublisher, tmp_path: Path, filled_database_url: str
) -> Send:
    """The function, serving v1."""
    publish(publisher, tmp_path, "v1")
    return serve(filled_database_url)


def movie_ids(reply: Any) -> list[int]:
    return [item["movie_id"] for item in reply["items"]]


def logged(url: str) -> list[tuple[Any, ...]]:
    return rows_of(
        url,
        "SELECT request_id::text, user_id, strategy, model_version, movie_ids, scores, filters "
        "FROM recommendation_logs ORDER BY answered_at",
    )
