"""Where a run of a function is."""

from __future__ import annotations

from enum import StrEnum


class RunStatus(StrEnum):
    """Where a run is; the last three are final."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REFUSED = "refused"
