"""What every function counts, and the registry of everything that this process counts."""

from __future__ import annotations

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    disable_created_metrics,
)

# When a counter began is no news here, and would double what is sent and kept.
disable_created_metrics()  # type: ignore[no-untyped-call]

REGISTRY = CollectorRegistry()

BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)

REQUESTS = Counter(
    "matinee_requests_total",
    "Requests answered.",
    ["route", "strategy", "status"],
    registry=REGISTRY,
)
REQUEST_SECONDS = Histogram(
    "matinee_request_seconds",
    "Time from event to reply.",
    ["route"],
    buckets=BUCKETS,
    registry=REGISTRY,
)
ENVIRONMENT_STARTS = Counter(
    "matinee_environment_starts_total",
    "Execution environments started.",
    registry=REGISTRY,
)
ENVIRONMENT_START_SECONDS = Histogram(
    "matinee_environment_start_seconds",
    "Time from the start of a process until it could take its first event.",
    buckets=BUCKETS,
    registry=REGISTRY,
)
PUSH_FAILURES = Counter(
    "matinee_push_failures_total",
    "Pushes that the Pushgateway did not take.",
    registry=REGISTRY,
)
