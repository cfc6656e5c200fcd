"""Stand-ins for what a run of any kind leans on."""

from __future__ import annotations

import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from matinee.domain.runs import RunStatus

REQUESTED_AT = datetime(2024, 2, 29, tzinfo=UTC)

RunT = TypeVar("RunT", bound=Any)


@dataclass
class MemoryRuns(ABC, Generic[RunT]):
    """`RunRows` in a dictionary."""

    runs: dict[uuid.UUID, RunT] = field(default_factory=dict)

    @abstractmethod
    def new(self, **changes: Any) -> RunT:
        """Build a queued run."""

    def request(
        self, parameters: Mapping[str, Any], *, event_id: str | None, reason: str | None
    ) -> tuple[RunT, bool]:
        for run in self.runs.values():
            if event_id is not None and run.event_id == event_id:
                return run, False
        run = self.new(
            event_id=event_id,
            reason=reason,
            parameters=dict(parameters),
            requested_at=REQUESTED_AT + timedelta(seconds=len(self.runs)),
        )
        self.runs[run.run_id] = run
        return run, True

    def get(self, run_id: uuid.UUID) -> RunT | None:
        return self.runs.get(run_id)

    def latest(self, *, limit: int) -> list[RunT]:
        return list(reversed(self.runs.values()))[:limit]

    def running(self) -> RunT | None:
        running = [run for run in self.runs.values() if run.status is RunStatus.RUNNING]
        return running[-1] if running else None

    def start(self, run_id: uuid.UUID) -> None:
        self._change(run_id, status=RunStatus.RUNNING, started_at=REQUESTED_AT)

    def fail(self, run_id: uuid.UUID, error: str) -> None:
        self._change(run_id, status=RunStatus.FAILED, error=error)

    def refuse(self, run_id: uuid.UUID, error: str) -> None:
        if self.runs[run_id].status is RunStatus.QUEUED:
            self._change(run_id, status=RunStatus.REFUSED, error=error)

    def _change(self, run_id: uuid.UUID, **changes: Any) -> None:
        self.runs[run_id] = replace(self.runs[run_id], **changes)


@dataclass
class FakeLock:
    """The right to run; somebody else holds it while `is_taken`."""

    is_taken: bool = False

    @contextmanager
    def __call__(self) -> Iterator[Any]:
        yield None if self.is_taken else self

    def check(self) -> None:
        assert not self.is_taken
