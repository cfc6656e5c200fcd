"""What the service did lately: stored lists by time, and the starts of environments."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from matinee.observability.environment import EnvironmentStart
from matinee.stores.database import Database

logger = logging.getLogger("matinee.activity")

_NOTE_START = """
SET LOCAL synchronous_commit TO off;
INSERT INTO environment_starts (environment_id, function, started_at, start_seconds)
VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING
"""
# date_part, because what extract returns is a decimal number, and takes twice as long to count by.
# Rows of three kinds: without bucket the whole window, without strategy a bucket, else a part.
_TRAFFIC = """
SELECT bucket, strategy, count(*),
  percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY duration_ms)
FROM (
  SELECT width_bucket(date_part('epoch', answered_at), %(first)s, %(last)s, %(buckets)s)
    AS bucket, strategy, duration_ms
  FROM recommendation_logs WHERE answered_at >= %(since)s AND answered_at < %(until)s
) AS lists
GROUP BY GROUPING SETS ((bucket, strategy), (bucket), ())
"""
_START_COUNTS = """
SELECT width_bucket(date_part('epoch', started_at), %(first)s, %(last)s, %(buckets)s)
  AS bucket, count(*)
FROM environment_starts WHERE started_at >= %(since)s AND started_at < %(until)s GROUP BY bucket
"""
_LATEST_STARTS = """
SELECT environment_id, function, started_at, start_seconds FROM environment_starts
WHERE started_at >= %s AND started_at < %s ORDER BY started_at DESC, environment_id LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time in parts of equal length; `until` is not part of it."""

    since: datetime
    until: datetime
    n_buckets: int

    @property
    def bucket(self) -> timedelta:
        """Return the length of a part."""
        return (self.until - self.since) / self.n_buckets

    @property
    def starts(self) -> Iterator[datetime]:
        """Return when each part begins, oldest first."""
        return (self.since + place * self.bucket for place in range(self.n_buckets))


@dataclass(slots=True)
class Traffic:
    """Lists made in a span of time; durations are None without lists."""

    n_lists: int = 0
    median_ms: float | None = None
    p95_ms: float | None = None
    strategies: dict[str, int] = field(default_factory=dict)


class ActivityStore:
    """Notes environment starts, and reads what is stored of the last hours.

    Every method but `note_start` raises `RatingStoreUnavailableError` when PostgreSQL does not
    answer in time.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def note_start(self, start: EnvironmentStart) -> bool:
        """Keep the start of this environment, without waiting.

        Parameters
        ----------
        start : EnvironmentStart
            Of this process.

        Returns
        -------
        bool
            False where there is no connection to PostgreSQL yet; try again later.
        """
        is_sent = True

        def lose(reason: str, _may_succeed_later: bool) -> None:
            nonlocal is_sent
            is_sent = False
            logger.debug("environment start not stored: %s", reason)

        values = (start.environment_id, start.function, start.started_at, start.start_seconds)
        self._database.send(_NOTE_START, values, on_error=lose)
        return is_sent

    def traffic(self, window: Window) -> tuple[Traffic, list[Traffic]]:
        """Return the lists of a window, in all and by bucket."""
        total, buckets = Traffic(), [Traffic() for _ in range(window.n_buckets)]
        for bucket, strategy, n_lists, durations in self._database.fetch(_TRAFFIC, _values(window)):
            part = total if bucket is None else buckets[_place(bucket, window)]
            if strategy is None:
                part.n_lists = n_lists
                part.median_ms, part.p95_ms = durations or (None, None)
            else:
                for traffic in (part, total):
                    known = traffic.strategies.get(strategy, 0)
                    traffic.strategies[strategy] = known + n_lists
        return total, buckets

    def start_counts(self, window: Window) -> list[int]:
        """Return how many environments started in each bucket."""
        counts = [0] * window.n_buckets
        for bucket, n_starts in self._database.fetch(_START_COUNTS, _values(window)):
            counts[_place(bucket, window)] += n_starts
        return counts

    def latest_starts(self, window: Window, *, limit: int) -> list[EnvironmentStart]:
        """Return the environments that started in a window, newest first."""
        rows = self._database.fetch(_LATEST_STARTS, (window.since, window.until, limit))
        return [EnvironmentStart(*row) for row in rows]


def _values(window: Window) -> dict[str, object]:
    return {
        "since": window.since,
        "until": window.until,
        "first": window.since.timestamp(),
        "last": window.until.timestamp(),
        "buckets": window.n_buckets,
    }


def _place(bucket: int, window: Window) -> int:
    # Rounding may put a moment at the very edge of the window one bucket outside.
    return min(max(bucket, 1), window.n_buckets) - 1
