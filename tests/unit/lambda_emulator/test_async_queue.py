"""Asynchronous events: retries, their pauses, and when an event is given up."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from lambda_emulator.async_queue import AsyncQueue, Discarded
from lambda_emulator.clock import SteppedClock
from lambda_emulator.errors import ThrottledError
from lambda_emulator.invocation import Invocation, InvocationResult
from lambda_emulator.spec import AsyncPolicy, FunctionSpec

_OK = InvocationResult(b"{}")
_FAILED = InvocationResult(b"{}", "Unhandled")


@dataclass
class Scene:
    """A queue before a function whose answers are written down."""

    answers: list[InvocationResult | Exception]
    policy: AsyncPolicy = AsyncPolicy()
    clock: SteppedClock = field(default_factory=SteppedClock)
    calls: list[tuple[float, str]] = field(default_factory=list)
    discarded: list[Discarded] = field(default_factory=list)

    async def function(self, spec: FunctionSpec, invocation: Invocation) -> InvocationResult:
        """Answer what comes next."""
        self.calls.append((self.clock.now(), invocation.request_id))
        answer = self.answers.pop(0) if self.answers else _FAILED
        if isinstance(answer, Exception):
            raise answer
        return answer

    def play(self, seconds: float) -> AsyncQueue:
        """Accept one event and let time pass."""
        return asyncio.run(self._play(seconds))

    async def _play(self, seconds: float) -> AsyncQueue:
        queue = AsyncQueue(self.function, self.clock, self.discarded.append)
        queue.accept(_spec(self.policy), Invocation(b"{}", request_id="the-event"))
        await self.clock.advance(0)
        await asyncio.sleep(0)
        await self.clock.advance(seconds)
        await queue.stop()
        return queue

    @property
    def times(self) -> list[float]:
        """When the function was called."""
        return [time for time, _ in self.calls]


def _spec(policy: AsyncPolicy) -> FunctionSpec:
    return FunctionSpec("Fn", "fn", "a.b", Path(), (), "python3.12", 3, 128, {}, None, policy)


def test_event_that_succeeds_is_run_once() -> None:
    scene = Scene([_OK])

    scene.play(10_000)

    assert (scene.times, scene.discarded) == ([0.0], [])


def test_failure_is_retried_after_one_and_two_minutes_with_the_same_id() -> None:
    scene = Scene([_FAILED, _FAILED, _OK])

    scene.play(10_000)

    assert scene.times == [0.0, 60.0, 180.0]
    assert {request_id for _, request_id in scene.calls} == {"the-event"}
    assert scene.discarded == []


def test_event_is_given_up_after_its_retries() -> None:
    scene = Scene([], AsyncPolicy(max_retries=1))

    scene.play(10_000)

    (given_up,) = scene.discarded
    assert (given_up.condition, given_up.attempts) == ("RetriesExhausted", 2)
    assert given_up.last_result == _FAILED


def test_event_is_given_up_when_the_next_retry_would_be_too_late() -> None:
    scene = Scene([], AsyncPolicy(max_age_seconds=100))

    scene.play(10_000)

    assert scene.times == [0.0, 60.0]
    assert [event.condition for event in scene.discarded] == ["EventAgeExceeded"]


def test_throttled_event_is_tried_again_with_growing_pauses_and_keeps_its_retries() -> None:
    scene = Scene([ThrottledError("busy")] * 3 + [_OK])

    scene.play(10_000)

    assert scene.times == [0.0, 1.0, 3.0, 7.0]
    assert scene.discarded == []


def test_stop_forgets_what_waits() -> None:
    scene = Scene([])

    queue = scene.play(1)

    assert (queue.size, len(scene.calls), scene.discarded) == (0, 1, [])


def test_stepped_clock_wakes_sleepers_in_the_order_of_their_time() -> None:
    async def play() -> list[tuple[str, float]]:
        clock = SteppedClock(start=100)
        woken: list[tuple[str, float]] = []

        async def sleep(name: str, seconds: float) -> None:
            await clock.sleep(seconds)
            woken.append((name, clock.now()))

        tasks = [asyncio.create_task(sleep("late", 5)), asyncio.create_task(sleep("early", 2))]
        await asyncio.sleep(0)
        assert clock.sleepers == 2
        await clock.advance(4)
        assert woken == [("early", 102.0)]
        await clock.advance(4)
        await asyncio.gather(*tasks)
        return woken

    assert asyncio.run(play()) == [("early", 102.0), ("late", 105.0)]
