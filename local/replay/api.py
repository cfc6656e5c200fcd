"""What a replay asks of the running functions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

Json = dict[str, Any]


class Api(Protocol):
    """The HTTP API, as an admin."""

    def recommend_many(self, user_ids: Sequence[int], n: int) -> list[Json]:
        """Return a list for each user, in their order."""

    def start_training(self, reason: str) -> Json:
        """Ask for a training and return its run, which goes on."""

    def ended_run(self, run: Json) -> Json:
        """Wait until a training run has ended, however it did, and return it."""

    def ended_run_of_event(self, event_id: str) -> Json:
        """Wait until the run that an event starts has ended, and return it."""

    def measure_drift(self, *, since: datetime, reason: str) -> Json:
        """Have drift measured on what came in since then, and return the report."""
