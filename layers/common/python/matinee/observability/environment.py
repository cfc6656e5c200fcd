"""Facts about this execution environment: who it is, and since when it has been starting."""

from __future__ import annotations

import os
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Self

_IMPORTED_AT = time.monotonic()
_START_FIELD = 19  # `starttime` in /proc/self/stat, counted from behind the program's name


@dataclass(frozen=True, slots=True)
class EnvironmentStart:
    """An execution environment that began to serve.

    `started_at` is when its process started, `start_seconds` how long it took from then until it
    could serve.
    """

    environment_id: str
    function: str
    started_at: datetime
    start_seconds: float

    @classmethod
    def ends_now(cls, function: str) -> Self:
        """Return the start of this process, which can serve from now on."""
        seconds = seconds_since_start()
        started_at = datetime.now(UTC) - timedelta(seconds=seconds)
        return cls(environment_id(), function, started_at, seconds)


def runtime_api() -> str | None:
    """Return where Lambda's Runtime API is.

    Returns
    -------
    str or None
        Host and port; None where this process is no execution environment.
    """
    return os.environ.get("AWS_LAMBDA_RUNTIME_API") or None


@cache
def environment_id() -> str:
    """Return a name that no other process ever has.

    Lambda's log stream would not do: a process that is started again after a timeout writes to
    the same one, but begins to count from zero.

    Returns
    -------
    str
        32 hexadecimal digits.
    """
    return uuid.uuid4().hex


def seconds_since_start() -> float:
    """Return how long this process has been running.

    Returns
    -------
    float
        Seconds since the process was started where the system tells (Linux), elsewhere since
        this module was imported, which is among the first things that a function does.
    """
    try:
        fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
        started_at = int(fields[_START_FIELD]) / os.sysconf("SC_CLK_TCK")
        return max(time.clock_gettime(time.CLOCK_BOOTTIME) - started_at, 0.0)
    except (AttributeError, OSError, IndexError, ValueError):
        return time.monotonic() - _IMPORTED_AT
