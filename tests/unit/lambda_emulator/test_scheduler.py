"""The scheduler, with time that the test moves."""

import asyncio
import json
import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from lambda_emulator.clock import SteppedClock
from lambda_emulator.dead_letters import DeadLetter
from lambda_emulator.errors import QueueError
from lambda_emulator.invocation import Invocation
from lambda_emulator.schedule_expressions import parse_expression
from lambda_emulator.scheduler import Scheduler
from lambda_emulator.spec import DeliveryPolicy, FunctionSpec, Schedule
from lambda_emulator.template import Place

BEGAN = datetime(2026, 3, 1, 2, 30, tzinfo=UTC)
ARN = "arn:aws:scheduler:us-east-1:123456789012:schedule/default/nightly"
INPUT = json.dumps(
    {name: f"<aws.scheduler.{name}>" for name in ("schedule-arn", "scheduled-time", "execution-id")}
    | {"attempt": "<aws.scheduler.attempt-number>"}
)


def _schedule(expression: str = "cron(0 3 * * ? *)", **changes: Any) -> Schedule:
    schedule = Schedule(
        "nightly", ARN, parse_expression(expression, "UTC"), expression, True, INPUT
    )
    return replace(schedule, **changes)


@dataclass
class Scene:
    """A scheduler before a queue that takes events, or refuses the next few."""

    refusals: int = 0
    seed: int = 1
    clock: SteppedClock = field(default_factory=lambda: SteppedClock(BEGAN.timestamp()))
    taken: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    kept: list[DeadLetter] = field(default_factory=list)

    def deliver(self, _spec: FunctionSpec, invocation: Invocation) -> None:
        """Take an event, or do not."""
        if self.refusals:
            self.refusals -= 1
            raise QueueError("no room")
        at = datetime.fromtimestamp(self.clock.now(), UTC)
        self.taken.append((f"{at:%d %H:%M:%S}", json.loads(invocation.payload)))

    def play(
        self,
        schedule: Schedule,
        duration: timedelta,
        then: Callable[[], Coroutine[None, None, None]] | None = None,
    ) -> None:
        """Let time pass."""
        asyncio.run(self._play(schedule, duration, then))

    async def _play(
        self,
        schedule: Schedule,
        duration: timedelta,
        then: Callable[[], Coroutine[None, None, None]] | None,
    ) -> None:
        scheduler = Scheduler(
            self.deliver,
            clock=self.clock,
            keep=self.kept.append,
            place=Place(),
            rng=random.Random(self.seed),
        )
        scheduler.start([_spec(schedule)])
        for _ in range(5):  # until everybody waits for the clock
            await asyncio.sleep(0)
        await self.clock.advance(duration.total_seconds())
        if then is not None:
            await then()
        await scheduler.stop()

    @property
    def times(self) -> list[str]:
        """When events were taken: day and time."""
        return [time for time, _ in self.taken]


def _spec(*schedules: Schedule) -> FunctionSpec:
    return FunctionSpec(
        "Fn", "fn", "a.b", Path(), (), "python3.12", 3, 128, {}, schedules=schedules
    )


def test_event_is_sent_each_time_the_schedule_is_due() -> None:
    scene = Scene()

    scene.play(_schedule(), timedelta(days=2))

    assert scene.times == ["01 03:00:00", "02 03:00:00"]


def test_event_tells_schedule_time_execution_and_attempt() -> None:
    scene = Scene()

    scene.play(_schedule(), timedelta(days=2))

    first, second = (event for _, event in scene.taken)
    assert first["schedule-arn"] == ARN
    assert first["scheduled-time"] == "2026-03-01T03:00:00Z"
    assert first["attempt"] == "1"
    assert len(first["execution-id"]) > 8
    assert first["execution-id"] != second["execution-id"]


def test_schedule_without_input_sends_the_event_that_aws_writes() -> None:
    scene = Scene()

    scene.play(_schedule(payload=None), timedelta(hours=1))

    [(_, event)] = scene.taken
    assert (event["source"], event["detail-type"]) == ("aws.scheduler", "Scheduled Event")
    assert (event["time"], event["resources"]) == ("2026-03-01T03:00:00Z", [ARN])


def test_schedule_that_is_off_sends_nothing() -> None:
    scene = Scene()

    scene.play(_schedule(enabled=False), timedelta(days=2))

    assert (scene.taken, scene.clock.sleepers) == ([], 0)


def test_rate_begins_at_once() -> None:
    scene = Scene()

    scene.play(_schedule("rate(1 hour)"), timedelta(hours=2))

    assert scene.times == ["01 02:30:00", "01 03:30:00", "01 04:30:00"]


def test_rate_keeps_to_the_beat_of_its_start_date() -> None:
    scene = Scene()
    started_long_ago = datetime(2025, 1, 1, 0, 45, tzinfo=UTC)

    scene.play(_schedule("rate(1 hour)", start=started_long_ago), timedelta(hours=2))

    assert scene.times == ["01 02:45:00", "01 03:45:00"]


def test_schedule_runs_from_its_start_to_its_end() -> None:
    scene = Scene()

    scene.play(
        _schedule(start=datetime(2026, 3, 2, tzinfo=UTC), end=datetime(2026, 3, 3, 3, tzinfo=UTC)),
        timedelta(days=5),
    )

    assert scene.times == ["02 03:00:00", "03 03:00:00"]
    assert scene.clock.sleepers == 0


def test_one_time_schedule_runs_once_and_never_when_its_time_is_over() -> None:
    scene, late = Scene(), Scene()

    scene.play(_schedule("at(2026-03-01T04:00:00)"), timedelta(days=2))
    late.play(_schedule("at(2026-03-01T02:00:00)"), timedelta(days=2))

    assert (scene.times, late.times) == (["01 04:00:00"], [])


def test_flexible_window_moves_the_event_but_not_the_time_it_names() -> None:
    times = set()
    for seed in range(5):
        scene = Scene(seed=seed)
        scene.play(_schedule(window_seconds=900), timedelta(hours=1))
        [(time, event)] = scene.taken
        assert "01 03:00:00" <= time <= "01 03:15:00"
        assert event["scheduled-time"] == "2026-03-01T03:00:00Z"
        times.add(time)

    assert len(times) == 5


def test_delivery_that_fails_is_tried_again_as_the_same_execution() -> None:
    scene = Scene(refusals=2)

    scene.play(_schedule(), timedelta(hours=1))

    [(time, event)] = scene.taken
    assert (time, event["attempt"], scene.kept) == ("01 03:00:06", "3", [])
    assert event["scheduled-time"] == "2026-03-01T03:00:00Z"


def test_delivery_that_keeps_failing_becomes_a_dead_letter_with_what_aws_tells() -> None:
    scene = Scene(refusals=99)
    policy = DeliveryPolicy(max_retries=2, dead_letter_queue="lost")

    scene.play(_schedule(delivery=policy), timedelta(hours=1))

    [letter] = scene.kept
    assert (letter.function, letter.queue) == ("Fn", "lost")
    assert json.loads(letter.body)["attempt"] == "3"
    assert letter.attributes == {
        "ERROR_CODE": "QueueError",
        "ERROR_MESSAGE": "no room",
        "EXECUTION_ID": json.loads(letter.body)["execution-id"],
        "EXHAUSTED_RETRY_CONDITION": "MaximumRetryAttempts",
        "IS_PAYLOAD_TRUNCATED": "false",
        "RETRY_ATTEMPTS": "2",
        "SCHEDULED_TIME": "2026-03-01T03:00:00Z",
        "SCHEDULE_ARN": ARN,
        "TARGET_ARN": "arn:aws:lambda:us-east-1:123456789012:function:fn",
    }


def test_delivery_is_given_up_when_the_event_is_too_old() -> None:
    scene = Scene(refusals=99)

    scene.play(_schedule(delivery=DeliveryPolicy(max_age_seconds=60)), timedelta(hours=1))

    [letter] = scene.kept
    assert letter.attributes["EXHAUSTED_RETRY_CONDITION"] == "MaximumEventAgeInSeconds"
    assert letter.at <= datetime(2026, 3, 1, 3, 1, tzinfo=UTC).timestamp()


def test_machine_that_slept_sends_one_event_late_and_leaves_out_the_others() -> None:
    @dataclass
    class SleepyClock(SteppedClock):
        """Time goes on while nobody counts it."""

        lost_seconds: float = 0.0

        def __post_init__(self) -> None:
            super().__init__(BEGAN.timestamp())

        def now(self) -> float:
            return super().now() + self.lost_seconds

    clock = SleepyClock()
    scene = Scene(clock=clock)

    async def sleep_for_five_hours() -> None:
        clock.lost_seconds = timedelta(hours=5).total_seconds()
        await clock.advance(60)

    scene.play(_schedule("rate(1 hour)"), timedelta(minutes=1), then=sleep_for_five_hours)

    assert scene.times == ["01 02:30:00", "01 07:32:00"]


def test_stop_forgets_executions_that_wait_for_their_moment() -> None:
    scene = Scene(refusals=99)

    scene.play(_schedule(window_seconds=900), timedelta(minutes=30, seconds=1))

    assert (scene.taken, scene.kept) == ([], [])
