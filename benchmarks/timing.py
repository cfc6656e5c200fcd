"""How everything here is timed."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

WARM_UP_CALLS = 30
BLOCK = 20


def median_ms(*calls: Callable[[], object], rounds: int = 400) -> list[float]:
    """Time several calls, a block of each in turn.

    A busy moment of the machine hits all of them, and none finds the caches full of another's data.
    """
    for call in calls:
        for _ in range(WARM_UP_CALLS):
            call()
    seconds: list[list[float]] = [[] for _ in calls]
    for _ in range(max(rounds // BLOCK, 1)):
        for call, measured in zip(calls, seconds, strict=True):
            for _ in range(min(BLOCK, rounds)):
                started = time.perf_counter()
                call()
                measured.append(time.perf_counter() - started)
    return [statistics.median(measured) * 1000 for measured in seconds]
