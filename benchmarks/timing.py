"""How everything here is timed."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

WARM_UP_CALLS = 30


def median_ms(*calls: Callable[[], object], rounds: int = 300) -> list[float]:
    """Time several calls in turn, so that a busy moment of the machine hits all of them."""
    for call in calls:
        for _ in range(WARM_UP_CALLS):
            call()
    seconds: list[list[float]] = [[] for _ in calls]
    for _ in range(rounds):
        for call, measured in zip(calls, seconds, strict=True):
            started = time.perf_counter()
            call()
            measured.append(time.perf_counter() - started)
    return [statistics.median(measured) * 1000 for measured in seconds]
