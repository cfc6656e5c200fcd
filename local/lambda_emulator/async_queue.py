"""Asynchronous invocation: accepted at once, run in the background, tried again on failure.

Failures are retried after one and then two minutes, throttled calls with growing pauses until the
event is too old. An event that is given up goes to `on_discard`, the place for a dead-letter queue.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from lambda_emulator.clock import Clock
from lambda_emulator.errors import StoppedError, ThrottledError
from lambda_emulator.invocation import Invocation, InvocationResult
from lambda_emulator.spec import FunctionSpec

_RETRY_DELAYS_SECONDS = (60.0, 120.0)
_LONGEST_THROTTLE_PAUSE_SECONDS = 300.0

Invoke = Callable[[FunctionSpec, Invocation], Awaitable[InvocationResult]]


@dataclass(frozen=True)
class Discarded:
    """An event that was given up, with what AWS would write to its dead-letter queue."""

    spec: FunctionSpec
    invocation: Invocation
    condition: str
    attempts: int
    last_result: InvocationResult | None


class AsyncQueue:
    """Events that were accepted and are not done."""

    def __init__(
        self, invoke: Invoke, clock: Clock, on_discard: Callable[[Discarded], None]
    ) -> None:
        self._invoke = invoke
        self._clock = clock
        self._on_discard = on_discard
        self._deliveries: set[asyncio.Task[None]] = set()
        self._is_stopped = False

    @property
    def size(self) -> int:
        """How many events are not done."""
        return len(self._deliveries)

    def accept(self, spec: FunctionSpec, invocation: Invocation) -> None:
        """Take responsibility for an event and return at once.

        Raises
        ------
        StoppedError
            If the queue takes no more events.
        """
        if self._is_stopped:
            raise StoppedError("the emulator is shutting down")
        delivery = asyncio.create_task(self._deliver(spec, invocation))
        self._deliveries.add(delivery)
        delivery.add_done_callback(self._deliveries.discard)

    async def stop(self) -> None:
        """Drop what is not done; events are kept in memory only."""
        self._is_stopped = True
        for delivery in self._deliveries:
            delivery.cancel()
        await asyncio.gather(*self._deliveries, return_exceptions=True)

    async def _deliver(self, spec: FunctionSpec, invocation: Invocation) -> None:
        policy = spec.async_policy
        too_old_at = self._clock.now() + policy.max_age_seconds
        failures = throttles = 0
        result: InvocationResult | None = None
        while True:
            try:
                result = await self._invoke(spec, invocation)
            except ThrottledError:
                pause = min(2.0**throttles, _LONGEST_THROTTLE_PAUSE_SECONDS)
                throttles += 1
            except StoppedError:
                return
            else:
                if result.function_error is None:
                    return
                failures += 1
                if failures > policy.max_retries:
                    break
                pause = _RETRY_DELAYS_SECONDS[min(failures, len(_RETRY_DELAYS_SECONDS)) - 1]
            if self._clock.now() + pause > too_old_at:
                self._discard(spec, invocation, "EventAgeExceeded", failures, result)
                return
            await self._clock.sleep(pause)
        self._discard(spec, invocation, "RetriesExhausted", failures, result)

    def _discard(
        self,
        spec: FunctionSpec,
        invocation: Invocation,
        condition: str,
        attempts: int,
        result: InvocationResult | None,
    ) -> None:
        self._on_discard(Discarded(spec, invocation, condition, attempts, result))
