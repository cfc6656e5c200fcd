"""What the predict function counts."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()

_BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)

REQUESTS = Counter(
    "matinee_requests_total",
    "Requests answered.",
    ["route", "status"],
    registry=REGISTRY,
)
REQUEST_SECONDS = Histogram(
    "matinee_request_seconds",
    "Time from event to reply.",
    ["route"],
    buckets=_BUCKETS,
    registry=REGISTRY,
)
LISTS = Counter(
    "matinee_lists_total",
    "Lists of recommendations made, by strategy.",
    ["strategy"],
    registry=REGISTRY,
)
MODEL_INFO = Gauge(
    "matinee_model_created_timestamp_seconds",
    "When the serving model was made.",
    ["version"],
    registry=REGISTRY,
)
MODEL_LOAD_SECONDS = Histogram(
    "matinee_model_load_seconds",
    "Time to fetch, check and map a model.",
    buckets=_BUCKETS,
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
    "Answers that went to the log because PostgreSQL did not take them.",
    registry=REGISTRY,
)
