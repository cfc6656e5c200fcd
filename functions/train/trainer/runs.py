"""A training run from the event that asks for it to the row that says how it ended."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import ValidationError

from matinee.errors import (
    ConflictError,
    InvalidRequestError,
    InvokeUnavailableError,
    MatineeError,
    NotFoundError,
    TrainingError,
)
from matinee.stores.training_runs import (
    ENDED_WITHOUT_RESULT,
    RunStatus,
    TrainingLock,
    TrainingOutcome,
    TrainingRun,
    TrainingRunStore,
)
from trainer.pipeline import Plan, Steps
from trainer.ranker import RankerParameters
from trainer.rater import choose_algorithm

logger = logging.getLogger("matinee.train.runs")

Mode = Literal["asynchronous", "inline", "repeated"]
InvokeLater = Callable[[Mapping[str, object]], None]
Train = Callable[[Plan, TrainingLock, Steps], TrainingOutcome]
Report = Callable[[Mapping[str, float]], None]


def parse_plan(parameters: Mapping[str, Any]) -> Plan:
    """Check what a run is to train; see `Plan` and `TrainRequest`."""
    try:
        ranker = RankerParameters.model_validate(parameters.get("ranker", {}))
    except ValidationError as error:
        problems = {f"ranker.{'.'.join(map(str, p['loc']))}": p["msg"] for p in error.errors()}
        message = "; ".join(f"{name}: {problem}" for name, problem in problems.items())
        raise InvalidRequestError(message, details={"fields": problems}) from None
    return Plan(
        rater=choose_algorithm(parameters["algorithm"], parameters.get("parameters", {})),
        ranker=ranker,
        search=parameters.get("search", False),
        seed=parameters.get("seed", 0),
    )


@dataclass(frozen=True, slots=True)
class TrainingRuns:
    """Starts runs and sees them through.

    `invoke_later` is None where the platform cannot invoke the function asynchronously. `report`
    is called after each run with the seconds of its steps.
    """

    store: TrainingRunStore
    lock: Callable[[], AbstractContextManager[TrainingLock | None]]
    train: Train
    invoke_later: InvokeLater | None = None
    report: Report = lambda _: None

    def ask(
        self,
        parameters: Mapping[str, Any],
        *,
        event_id: str | None,
        reason: str | None,
        may_wait: bool,
    ) -> tuple[TrainingRun, Mode]:
        """Start a run; a caller that `may_wait` gets its result, others its id if possible."""
        parse_plan(parameters)
        run, is_new = self.store.request(parameters, event_id=event_id, reason=reason)
        if not is_new:
            return self.go_on(run.run_id) if may_wait else (run, "repeated")
        if not may_wait and self.invoke_later is not None:
            with self.lock() as lock:
                if lock is None:
                    raise self._refuse(run)
            try:
                self.invoke_later({"run_id": str(run.run_id)})
                return run, "asynchronous"
            except InvokeUnavailableError as error:
                logger.warning("run %s is done within the request: %s", run.run_id, error)
        return self.go_on(run.run_id)

    def go_on(self, run_id: uuid.UUID) -> tuple[TrainingRun, Mode]:
        """Do a queued run; one that was begun before is only shown."""
        with ExitStack() as when_unlocked, self.lock() as lock:
            # Read with the lock held: two deliveries of one event see each other's work.
            run = self.find(run_id)
            if run.status is not RunStatus.QUEUED:
                return self._repeat(run, is_anybody_training=lock is None)
            if lock is None:
                raise self._refuse(run)
            steps = Steps(announce=lambda step: self.store.note_step(run_id, step))
            when_unlocked.callback(self.report, steps.seconds)
            self._do(run, lock, steps)
        return self.find(run_id), "inline"

    def find(self, run_id: uuid.UUID) -> TrainingRun:
        """Return a run."""
        run = self.store.get(run_id)
        if run is None:
            raise NotFoundError(f"there is no training run {run_id}")
        return run

    def _repeat(self, run: TrainingRun, *, is_anybody_training: bool) -> tuple[TrainingRun, Mode]:
        """Answer a platform that delivers an event again; a failure must not become a success."""
        if run.status is RunStatus.RUNNING and not is_anybody_training:
            self.store.fail(run.run_id, ENDED_WITHOUT_RESULT)
            run = self.find(run.run_id)
        if run.status is RunStatus.FAILED:
            raise TrainingError(f"run {run.run_id} failed: {run.error}")
        return run, "repeated"

    def _refuse(self, run: TrainingRun) -> ConflictError:
        running = self.store.running()
        running_id = None if running is None else str(running.run_id)
        message = f"another training is under way: {running_id or 'it is just beginning'}"
        self.store.refuse(run.run_id, message)
        return ConflictError(
            message, details={"run_id": str(run.run_id), "running_run_id": running_id}
        )

    def _do(self, run: TrainingRun, lock: TrainingLock, steps: Steps) -> None:
        self.store.start(run.run_id)
        try:
            outcome = self.train(parse_plan(run.parameters), lock, steps)
        except MatineeError as error:
            logger.exception("run %s failed", run.run_id)
            self.store.fail(run.run_id, error.message)
            error.details["run_id"] = str(run.run_id)
            raise
        except Exception as error:
            self.store.fail(run.run_id, f"{type(error).__name__}; the log says more")
            raise
        self.store.succeed(run.run_id, outcome)
