"""EventBridge Scheduler: sends each schedule's event to its function when it is due.

What AWS promises holds here too: the event says when it was due and which execution it is; a
delivery that fails is tried again by the schedule's own policy, under the same execution id; one
that is given up becomes a dead letter. What the function then does with the event is the business
of its queue. What was due while nobody ran this is not made up for.

References
----------
https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
"""

import asyncio
import json
import random
import uuid
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from lambda_emulator.clock import Clock
from lambda_emulator.dead_letters import DeadLetter
from lambda_emulator.errors import EmulatorError
from lambda_emulator.invocation import Invocation
from lambda_emulator.spec import FunctionSpec, Schedule
from lambda_emulator.template import Place

_LONGEST_PAUSE_SECONDS = 300.0
# A machine that was asleep must notice within a minute that time went on.
_LONGEST_SLEEP_SECONDS = 60.0
_INSTANT = timedelta(microseconds=1)

Deliver = Callable[[FunctionSpec, Invocation], None]


@dataclass(frozen=True)
class Execution:
    """One time that a schedule is due."""

    schedule: Schedule
    due: datetime
    execution_id: str

    def payload(self, attempt: int, place: Place) -> str:
        """Fill in what the schedule's input asks for, or write the event of one without input."""
        if self.schedule.payload is None:
            return self._default_payload(place)
        text = self.schedule.payload
        for keyword, value in {
            "schedule-arn": self.schedule.arn,
            "scheduled-time": self.scheduled_time,
            "execution-id": self.execution_id,
            "attempt-number": str(attempt),
        }.items():
            text = text.replace(f"<aws.scheduler.{keyword}>", value)
        return text

    @property
    def scheduled_time(self) -> str:
        """When it was due, as AWS writes it."""
        return self.due.strftime("%Y-%m-%dT%H:%M:%SZ")

    def _default_payload(self, place: Place) -> str:
        service = self.schedule.arn.split(":")[2]
        event = {
            "version": "0",
            "id": self.execution_id,
            "detail-type": "Scheduled Event",
            "source": f"aws.{service}",
            "account": place.account_id,
            "time": self.scheduled_time,
            "region": place.region,
            "resources": [self.schedule.arn],
            "detail": {} if service == "events" else "{}",
        }
        return json.dumps(event)


class Scheduler:
    """Follows every schedule that is on, until stopped.

    Parameters
    ----------
    deliver : callable
        Hands an event to a function's queue; raises an EmulatorError when it is not taken.
    clock : Clock
        Decides when something is due.
    keep : callable
        Takes what is given up.
    place : Place
        Where the stack pretends to be deployed.
    rng : random.Random, optional
        Chooses the moment within a flexible window.
    """

    def __init__(
        self,
        deliver: Deliver,
        *,
        clock: Clock,
        keep: Callable[[DeadLetter], None],
        place: Place,
        rng: random.Random | None = None,
    ) -> None:
        self._deliver = deliver
        self._clock = clock
        self._keep = keep
        self._place = place
        self._rng = rng or random.Random()
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, specs: Iterable[FunctionSpec]) -> None:
        """Follow the schedules of these functions from now on."""
        for spec in specs:
            for schedule in spec.schedules:
                if schedule.enabled:
                    self._spawn(self._follow(spec, schedule))

    async def stop(self) -> None:
        """Forget every schedule, and executions that wait for their moment."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _follow(self, spec: FunctionSpec, schedule: Schedule) -> None:
        began = self._now()
        after = began - _INSTANT
        while (due := next_due(schedule, after, began=began)) is not None:
            await self._sleep_until(due)
            execution = Execution(schedule, due, str(uuid.uuid4()))
            self._spawn(self._execute(spec, execution))
            # Not from `due`: after a long sleep of the machine, what it missed is left out.
            after = max(due, self._now())

    async def _execute(self, spec: FunctionSpec, execution: Execution) -> None:
        window = execution.schedule.window_seconds
        if window:
            await self._clock.sleep(self._rng.uniform(0, window))
        policy = execution.schedule.delivery
        too_old_at = self._clock.now() + policy.max_age_seconds
        attempt = 1
        while True:
            payload = execution.payload(attempt, self._place)
            try:
                self._deliver(spec, Invocation(payload.encode()))
                return
            except EmulatorError as error:
                refusal = error
            pause = min(2.0**attempt, _LONGEST_PAUSE_SECONDS)
            if attempt > policy.max_retries:
                condition = "MaximumRetryAttempts"
                break
            if self._clock.now() + pause > too_old_at:
                condition = "MaximumEventAgeInSeconds"
                break
            await self._clock.sleep(pause)
            attempt += 1
        self._keep(self._dead_letter(spec, execution, attempt, condition, refusal))

    def _dead_letter(
        self,
        spec: FunctionSpec,
        execution: Execution,
        attempt: int,
        condition: str,
        refusal: EmulatorError,
    ) -> DeadLetter:
        schedule = execution.schedule
        return DeadLetter(
            function=spec.logical_id,
            reason=f"schedule {schedule.name} could not deliver it: {refusal}",
            queue=schedule.delivery.dead_letter_queue,
            body=execution.payload(attempt, self._place),
            at=self._clock.now(),
            attributes={
                "ERROR_CODE": type(refusal).__name__,
                "ERROR_MESSAGE": str(refusal),
                "EXECUTION_ID": execution.execution_id,
                "EXHAUSTED_RETRY_CONDITION": condition,
                "IS_PAYLOAD_TRUNCATED": "false",
                "RETRY_ATTEMPTS": str(attempt - 1),
                "SCHEDULED_TIME": execution.scheduled_time,
                "SCHEDULE_ARN": schedule.arn,
                "TARGET_ARN": self._place.function_arn(spec.name),
            },
        )

    async def _sleep_until(self, due: datetime) -> None:
        while (left := due.timestamp() - self._clock.now()) > 0:
            await self._clock.sleep(min(left, _LONGEST_SLEEP_SECONDS))

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock.now(), UTC)

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def next_due(schedule: Schedule, after: datetime, *, began: datetime) -> datetime | None:
    """Return when a schedule is due next, None when it is over."""
    assert schedule.expression is not None  # only a schedule that is off may lack one
    first = schedule.start or began
    due = schedule.expression.next_after(after, first=first)
    is_over = due is None or (schedule.end is not None and due > schedule.end)
    return None if is_over else due
