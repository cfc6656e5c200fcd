"""The example events in `events/`, as Lambda would hand them to a function."""

import json
from dataclasses import dataclass
from typing import Any

from tests.support.source import ROOT

EVENTS = ROOT / "events"


def load_event(name: str) -> dict[str, Any]:
    """Read one example event."""
    event: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text())
    return event


@dataclass(frozen=True)
class InvocationContext:
    """The part of Lambda's context object that handlers look at."""

    aws_request_id: str = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"
    function_name: str = "matinee-test"
    memory_limit_in_mb: int = 1024

    def get_remaining_time_in_millis(self) -> int:
        """Answer as at the start of an invocation."""
        return 10_000
