"""What the predict function counts."""

from __future__ import annotations

from enum import StrEnum

from prometheus_client import Counter, Gauge, Histogram

from matinee.observability.metrics import BUCKETS, REGISTRY


class FallbackCause(StrEnum):
    """Why something else answers than what should."""

    DATABASE_UNAVAILABLE = "database_unavailable"
    MODEL_NOT_REFRESHED = "model_not_refreshed"
    USER_ROWS_UNREADABLE = "user_rows_unreadable"


LISTS = Counter(
    "matinee_lists_total",
    "Lists of recommendations made, by strategy.",
    ["strategy"],
    registry=REGISTRY,
)
_FALLBACKS = Counter(
    "matinee_fallbacks_total",
    "Users answered from less than there should be, and looks for a newer model that failed.",
    ["cause"],
    registry=REGISTRY,
)
FALLBACKS = {cause: _FALLBACKS.labels(cause=cause.value) for cause in FallbackCause}
MODEL_INFO = Gauge(
    "matinee_model_created_timestamp_seconds",
    "When the serving model was made.",
    ["version"],
    registry=REGISTRY,
)
MODEL_LOAD_SECONDS = Histogram(
    "matinee_model_load_seconds",
    "Time to fetch, check and map a model.",
    buckets=BUCKETS,
    registry=REGISTRY,
)
MODEL_FAILURES = Counter(
    "matinee_model_failures_total",
    "Looks for a newer champion that failed, by cause.",
    ["cause"],
    registry=REGISTRY,
)
ANSWERS_NOT_STORED = Counter(
    "matinee_answers_not_stored_total",
    "Answers that are only in the log: PostgreSQL did not take them, then or later.",
    registry=REGISTRY,
)
