"""Real servers, each started when a test first asks for it and stopped when the session ends."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import boto3
import psycopg2
import pytest
from psycopg2 import sql

from embedded import Ports
from embedded.folder import DataFolder
from embedded.mlflow import Mlflow
from embedded.postgres import Postgres
from embedded.s3 import BUCKET, S3
from embedded.supervisor import Supervisor
from matinee.stores.schema import migrate
from tests.support.folders import folder_for_servers

MIGRATED_TEMPLATE = "migrated"


@dataclass(frozen=True)
class RunningServices:
    """All three servers."""

    postgres: Postgres
    s3: S3
    mlflow: Mlflow

    @property
    def environment(self) -> dict[str, str]:
        """The variables that say where they are; the database is empty."""
        return {
            **self.s3.environment,
            "DATABASE_URL": self.postgres.url,
            "MODEL_BUCKET": BUCKET,
            "MLFLOW_TRACKING_URI": self.mlflow.url,
        }


@contextmanager
def running(service: Postgres | S3 | Mlflow) -> Iterator[None]:
    """Run one server inside the block."""
    supervisor = Supervisor()
    try:
        supervisor.start(service.spec()).wait_until_ready()
        yield
    finally:
        supervisor.stop()


@pytest.fixture(scope="session")
def server_folder() -> Iterator[DataFolder]:
    with folder_for_servers() as path:
        (path / "logs").mkdir()
        yield DataFolder(path)


@pytest.fixture(scope="session")
def server_ports() -> Ports:
    return Ports.free()


@pytest.fixture(scope="session")
def postgres_server(server_folder: DataFolder, server_ports: Ports) -> Iterator[Postgres]:
    postgres = Postgres(server_folder, server_ports.postgres)
    with running(postgres):
        postgres.ensure_database()
        yield postgres


@pytest.fixture(scope="session")
def s3_server(server_folder: DataFolder, server_ports: Ports) -> Iterator[S3]:
    s3 = S3(server_folder, server_ports.s3)
    with running(s3):
        s3.ensure_bucket()
        yield s3


@pytest.fixture(scope="session")
def mlflow_server(
    server_folder: DataFolder, server_ports: Ports, s3_server: S3
) -> Iterator[Mlflow]:
    mlflow = Mlflow(server_folder, server_ports.mlflow, BUCKET, s3_server.environment)
    with running(mlflow):
        yield mlflow


@pytest.fixture(scope="session")
def services(postgres_server: Postgres, s3_server: S3, mlflow_server: Mlflow) -> RunningServices:
    return RunningServices(postgres_server, s3_server, mlflow_server)


@pytest.fixture
def empty_database_url(postgres_server: Postgres) -> Iterator[str]:
    """A database without tables, gone after the test."""
    with fresh_database(postgres_server, template="template1") as url:
        yield url


@pytest.fixture(scope="session")
def migrated_template(postgres_server: Postgres) -> str:
    postgres_server.ensure_database(MIGRATED_TEMPLATE)
    migrate(postgres_server.database_url(MIGRATED_TEMPLATE))
    return MIGRATED_TEMPLATE


@pytest.fixture
def database_url(postgres_server: Postgres, migrated_template: str) -> Iterator[str]:
    """A database with Matinee's tables and no rows, gone after the test."""
    with fresh_database(postgres_server, template=migrated_template) as url:
        yield url


@pytest.fixture
def bucket(s3_server: S3) -> str:
    """The name of an empty bucket that keeps old versions."""
    name = f"test-{uuid.uuid4().hex[:12]}"
    s3_server.ensure_bucket(name)
    return name


@pytest.fixture
def s3_environment(s3_server: S3, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """AWS's variables set to the S3 server; what boto3 reads when given nothing."""
    for name, value in s3_server.environment.items():
        monkeypatch.setenv(name, value)
    # boto3 keeps a session, with the credentials it found, for the life of the process.
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    return s3_server.environment


@contextmanager
def fresh_database(postgres: Postgres, *, template: str) -> Iterator[str]:
    name = f"test_{uuid.uuid4().hex[:12]}"
    identifiers = {"name": sql.Identifier(name), "template": sql.Identifier(template)}
    execute(postgres, sql.SQL("CREATE DATABASE {name} TEMPLATE {template}").format(**identifiers))
    try:
        yield postgres.database_url(name)
    finally:
        execute(postgres, sql.SQL("DROP DATABASE {name} WITH (FORCE)").format(**identifiers))


def execute(postgres: Postgres, statement: sql.Composable) -> None:
    connection = psycopg2.connect(postgres.database_url("postgres"), connect_timeout=5)
    try:
        connection.autocommit = True  # databases are not made inside a transaction
        with connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        connection.close()
