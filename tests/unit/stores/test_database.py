"""A wrong or dead database: what is said, how long it takes, and what is never shown."""

import logging
import socket
import time
from collections.abc import Iterator

import pytest

from matinee.errors import ConfigurationError, RatingStoreUnavailableError
from matinee.stores.database import Database

SECRET = "s3cr3t"


@pytest.mark.parametrize(
    "url",
    [
        pytest.param(SECRET, id="no url"),
        pytest.param(f"mysql://user:{SECRET}@host/db", id="another database"),
        pytest.param(f"postgresql://user:p%zz{SECRET}@host/db", id="bad percent sign"),
        pytest.param(f"postgresql://user:pass@{SECRET}@host:5432/db", id="@ in the password"),
        pytest.param(f"postgresql://user:pass/{SECRET}@host:5432/db", id="/ in the password"),
        pytest.param(f"postgresql://user:12/{SECRET}@host/db", id="/ after digits"),
    ],
)
def test_database_url_malformed_is_refused_and_never_shown(url: str) -> None:
    with pytest.raises(ConfigurationError, match="DATABASE_URL") as caught:
        Database(url, timeout_seconds=1)
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.fixture
def refusing_port() -> Iterator[int]:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        yield unused.getsockname()[1]


def database_at(port: int, timeout_seconds: float = 5) -> Database:
    url = f"postgresql://user:{SECRET}@127.0.0.1:{port}/db"
    return Database(url, timeout_seconds=timeout_seconds)


def test_database_that_refuses_is_unavailable_and_only_the_log_says_where(
    refusing_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    records: list[logging.LogRecord] = []
    monkeypatch.setattr(logging.getLogger("matinee.database"), "handle", records.append)
    with pytest.raises(RatingStoreUnavailableError) as caught:
        database_at(refusing_port).fetch("SELECT 1")
    logged = records[0].getMessage()
    assert "Connection refused" in logged
    assert SECRET not in logged + str(caught.value)
    assert "127.0.0.1" not in str(caught.value)


def test_database_that_never_answers_costs_one_timeout_and_then_none() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        database = database_at(silent.getsockname()[1], timeout_seconds=0.2)
        started_at = time.monotonic()
        for _ in range(10):
            with pytest.raises(RatingStoreUnavailableError):
                database.fetch("SELECT 1")
        assert 0.2 <= time.monotonic() - started_at < 0.9


def test_statement_sent_without_a_connection_is_lost_at_once(refusing_port: int) -> None:
    told: list[tuple[str, bool]] = []
    database_at(refusing_port).send("SELECT 1", (), on_error=lambda *what: told.append(what))
    assert told == [("there is no connection to PostgreSQL", True)]
