"""Objects come whole or not at all, and no failure takes longer than it must."""

import socket
import time
from collections.abc import Callable, Iterator

import pytest

from matinee.errors import ArtifactNotFoundError, ArtifactStoreUnavailableError
from matinee.stores.s3_reader import S3Reader
from tests.support.object_server import (
    ObjectServer,
    hang_up,
    object_server,
    status,
    truncated,
    whole,
)

SECRET = "very-secret-key"


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_SESSION_TOKEN", "session-token")


@pytest.fixture
def server() -> Iterator[ObjectServer]:
    with object_server() as server:
        server.objects["/bucket/models/x%20y.npy"] = b"0123456789"
        yield server


@pytest.fixture
def open_reader() -> Iterator[Callable[..., S3Reader]]:
    """Return a function that makes readers, all closed after the test."""
    readers: list[S3Reader] = []

    def make(url: str, timeout_seconds: float = 5) -> S3Reader:
        reader = S3Reader(
            "bucket", region="us-east-1", endpoint_url=url, timeout_seconds=timeout_seconds
        )
        readers.append(reader)
        return reader

    yield make
    for reader in readers:
        reader.close()


@pytest.fixture
def reader(server: ObjectServer, open_reader: Callable[..., S3Reader]) -> S3Reader:
    return open_reader(server.url)


KEY = "models/x y.npy"


def test_object_comes_whole_over_one_connection(reader: S3Reader, server: ObjectServer) -> None:
    assert [reader.get(KEY) for _ in range(3)] == [b"0123456789"] * 3
    assert server.requested_headers[0]["x-amz-security-token"] == "session-token"
    assert SECRET not in str(server.requested_headers)


def test_range_comes_without_its_stop(reader: S3Reader) -> None:
    assert reader.get(KEY, (2, 5)) == b"234"


def test_missing_object_is_not_found_and_not_asked_for_twice(
    reader: S3Reader, server: ObjectServer
) -> None:
    with pytest.raises(ArtifactNotFoundError, match="s3://bucket/nothing"):
        reader.get("nothing")
    assert len(server.paths) == 1


@pytest.mark.parametrize("reply", [status(500), status(503), hang_up, truncated])
def test_object_is_asked_for_again_after_one_failure(
    reader: S3Reader, server: ObjectServer, reply: Callable[..., None]
) -> None:
    server.replies = [reply]
    assert reader.get(KEY) == b"0123456789"


@pytest.mark.parametrize("reply", [status(500), status(503), hang_up, truncated])
def test_object_that_fails_twice_is_unavailable(
    reader: S3Reader, server: ObjectServer, reply: Callable[..., None]
) -> None:
    server.replies = [reply, reply]
    with pytest.raises(ArtifactStoreUnavailableError, match="cannot be read"):
        reader.get(KEY)
    assert reader.get(KEY) == b"0123456789"


def test_refused_object_is_unavailable_at_once_and_shows_no_secret(
    reader: S3Reader, server: ObjectServer
) -> None:
    server.replies = [status(403)]
    with pytest.raises(ArtifactStoreUnavailableError, match="HTTP 403") as caught:
        reader.get(KEY)
    assert SECRET not in str(caught.value)
    assert len(server.paths) == 1


def test_wrong_credentials_are_named_and_not_tried_again_for_each_request(
    reader: S3Reader, server: ObjectServer
) -> None:
    server.replies = [status(403)]
    for _ in range(10):
        with pytest.raises(ArtifactStoreUnavailableError, match="check AWS_ACCESS_KEY_ID"):
            reader.get(KEY)
    assert len(server.paths) == 1


def test_server_that_ignores_the_range_is_unavailable(
    reader: S3Reader, server: ObjectServer
) -> None:
    server.replies = [whole(b"0123456789")] * 2
    with pytest.raises(ArtifactStoreUnavailableError, match="range"):
        reader.get(KEY, (2, 5))


def test_port_nobody_listens_on_is_unavailable(open_reader: Callable[..., S3Reader]) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        reader = open_reader(f"http://127.0.0.1:{unused.getsockname()[1]}")
        with pytest.raises(ArtifactStoreUnavailableError, match="ConnectionRefusedError"):
            reader.get(KEY)


def test_server_that_never_answers_costs_one_timeout_and_then_none(
    open_reader: Callable[..., S3Reader],
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        reader = open_reader(f"http://127.0.0.1:{silent.getsockname()[1]}", timeout_seconds=0.2)
        started_at = time.monotonic()
        for _ in range(10):
            with pytest.raises(ArtifactStoreUnavailableError):
                reader.get(KEY)
        assert time.monotonic() - started_at < 1.0
