"""``matinee invoke`` before it reaches a function."""

import argparse
import socket
from pathlib import Path

import pytest

from matinee_cli import invoke


def _run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    invoke.add_parser(parser.add_subparsers())
    return invoke.run(parser.parse_args(["invoke", *arguments]))


@pytest.fixture
def silent_endpoint() -> str:
    """Return an address where nothing listens."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{closed.getsockname()[1]}"


def test_nobody_at_the_endpoint_is_said_with_what_to_do(
    silent_endpoint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run("train", "--endpoint", silent_endpoint) == 1

    message = capsys.readouterr().err
    assert f"nothing answers at {silent_endpoint}" in message
    assert "matinee run" in message


def test_event_that_is_no_json_is_refused(
    tmp_path: Path, silent_endpoint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    event = tmp_path / "event.json"
    event.write_text("{")

    assert _run("train", "--event", str(event), "--endpoint", silent_endpoint) == 1
    assert "not valid JSON" in capsys.readouterr().err


def test_missing_event_file_is_named(
    tmp_path: Path, silent_endpoint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = str(tmp_path / "none.json")

    assert _run("train", "--event", missing, "--endpoint", silent_endpoint) == 1
    assert missing in capsys.readouterr().err


def test_endpoint_is_where_the_sdk_looks_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", "http://elsewhere:1")
    parser = argparse.ArgumentParser()
    invoke.add_parser(parser.add_subparsers())

    assert parser.parse_args(["invoke", "train"]).endpoint == "http://elsewhere:1"
