"""Training runs: what they are asked for, and what they leave in their rows."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from typing import Any

from pydantic import ValidationError

from matinee.errors import InvalidRequestError, RatingStoreUnavailableError, TrainingError
from matinee.runs import InvokeLater, Mode, Runs
from matinee.stores.run_locks import RunLock
from matinee.stores.training_runs import TrainingOutcome, TrainingRun, TrainingRunStore
from trainer.pipeline import Plan, Steps
from trainer.ranker import RankerParameters
from trainer.rater import choose_algorithm

logger = logging.getLogger("matinee.train.runs")

Train = Callable[[Plan, RunLock, Steps], TrainingOutcome]
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


class TrainingRuns:
    """Starts training runs and sees them through.

    `invoke_later` is None where the platform cannot invoke the function asynchronously. `report`
    is called after each run with the seconds of its steps.
    """

    def __init__(
        self,
        store: TrainingRunStore,
        lock: Callable[[], AbstractContextManager[RunLock | None]],
        train: Train,
        invoke_later: InvokeLater | None = None,
        report: Report = lambda _: None,
    ) -> None:
        self.store = store
        self._train = train
        self._report = report
        self._runs = Runs("training", TrainingError, store, lock, self._work, invoke_later)

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
        return self._runs.ask(parameters, event_id=event_id, reason=reason, may_wait=may_wait)

    def go_on(self, run_id: uuid.UUID) -> tuple[TrainingRun, Mode]:
        """Do a queued run; one that was begun before is only shown."""
        return self._runs.go_on(run_id)

    def find(self, run_id: uuid.UUID) -> TrainingRun:
        """Return a run."""
        return self._runs.find(run_id)

    def by_version(self, versions: Sequence[str]) -> dict[str, TrainingRun]:
        """Return the runs that made versions; none while the database does not answer."""
        try:
            return self.store.by_version(versions)
        except RatingStoreUnavailableError as error:
            logger.warning("versions are shown without their runs: %s", error)
            return {}

    def _work(self, run: TrainingRun, lock: RunLock, when_unlocked: ExitStack) -> None:
        steps = Steps(announce=lambda step: self.store.note_step(run.run_id, step))
        when_unlocked.callback(self._report, steps.seconds)
        self.store.succeed(run.run_id, self._train(parse_plan(run.parameters), lock, steps))
