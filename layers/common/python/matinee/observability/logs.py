"""Log lines as JSON on standard output, where every platform collects them."""

from __future__ import annotations

import json
import logging
import sys
import time

_FIELDS = "fields"


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, message, and the fields given with it."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, object] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
            + f".{int(record.msecs):03d}Z",
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line.update(getattr(record, _FIELDS, {}))
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def configure_logging(level: str) -> None:
    """Send Matinee's log lines to standard output, once, past any handler of the platform.

    Parameters
    ----------
    level : str
        Least important level that is written.
    """
    root = logging.getLogger("matinee")
    root.setLevel(level)
    root.propagate = False
    if not any(isinstance(handler.formatter, JsonFormatter) for handler in root.handlers):
        handler = logging.StreamHandler(sys.stdout)
        handler.setFormatter(JsonFormatter())
        root.addHandler(handler)


def with_fields(**fields: object) -> dict[str, object]:
    """Return the `extra` of a log call that adds fields to the line."""
    return {_FIELDS: fields}
