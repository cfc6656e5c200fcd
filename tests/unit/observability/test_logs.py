"""Log lines are JSON, one a line, whatever they hold."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from matinee.observability.logs import JsonFormatter, configure_logging, with_fields


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def logger(stream: io.StringIO) -> Iterator[logging.Logger]:
    """Return a logger that writes to the stream."""
    logger = logging.getLogger("test-logs")
    logger.propagate = False
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    logger.addHandler(handler)
    yield logger
    logger.removeHandler(handler)


def only_line(stream: io.StringIO) -> dict[str, Any]:
    (line,) = stream.getvalue().splitlines()
    parsed: dict[str, Any] = json.loads(line)
    return parsed


def test_line_has_time_level_logger_and_message(
    logger: logging.Logger, stream: io.StringIO
) -> None:
    logger.warning("loaded %s in %d ms", "v1", 12)
    line = only_line(stream)
    assert line.pop("time") <= datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.999Z")
    assert line == {"level": "WARNING", "logger": "test-logs", "message": "loaded v1 in 12 ms"}


def test_line_has_the_fields_given_with_it(logger: logging.Logger, stream: io.StringIO) -> None:
    logger.warning("loaded", extra=with_fields(version="v1", at=datetime(2020, 1, 1, tzinfo=UTC)))
    line = only_line(stream)
    assert line["version"] == "v1"
    assert line["at"].startswith("2020-01-01")


def test_line_of_hostile_text_is_still_one_line(
    logger: logging.Logger, stream: io.StringIO
) -> None:
    message = 'a\nb\u2028c "quoted" \ud800 \0 é'
    logger.warning(message)
    assert only_line(stream)["message"] == message


def test_line_of_an_exception_holds_its_trace(logger: logging.Logger, stream: io.StringIO) -> None:
    try:
        raise ValueError("broken")
    except ValueError:
        logger.exception("failed")
    assert "ValueError: broken" in only_line(stream)["exception"]


@pytest.fixture
def fresh_matinee_logger() -> Iterator[logging.Logger]:
    """Return Matinee's logger as in a new process, and restore it."""
    logger = logging.getLogger("matinee")
    before = (logger.level, logger.propagate, logger.handlers)
    logger.handlers = []
    yield logger
    level, logger.propagate, logger.handlers = before
    logger.setLevel(level)


def test_logging_goes_to_standard_output_once_and_honours_the_level(
    fresh_matinee_logger: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)
    configure_logging("WARNING")
    configure_logging("WARNING")
    logging.getLogger("matinee.anything").info("quiet")
    logging.getLogger("matinee.anything").warning("loud")
    assert only_line(stream)["message"] == "loud"
