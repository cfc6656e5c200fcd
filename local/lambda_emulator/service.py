"""The Lambda service: functions by name, called and waited for, or called and left to run."""

import asyncio
from collections.abc import Callable, Iterable

from lambda_emulator.async_queue import AsyncQueue, Discarded
from lambda_emulator.clock import Clock
from lambda_emulator.environment import Host
from lambda_emulator.errors import UnknownFunctionError
from lambda_emulator.invocation import Invocation, InvocationResult
from lambda_emulator.pool import EnvironmentPool
from lambda_emulator.spec import FunctionSpec


class LambdaService:
    """Runs the functions of one template."""

    def __init__(
        self,
        specs: Iterable[FunctionSpec],
        host: Host,
        *,
        clock: Clock,
        max_environments: int,
        on_discard: Callable[[Discarded], None],
    ) -> None:
        self._host = host
        self._pools = {
            spec.logical_id: EnvironmentPool(spec, host, max_environments=max_environments)
            for spec in specs
        }
        self._logical_ids = {pool.spec.name: name for name, pool in self._pools.items()}
        self._queue = AsyncQueue(self.invoke, clock, on_discard)

    @property
    def specs(self) -> list[FunctionSpec]:
        """The functions, in the order of the template."""
        return [pool.spec for pool in self._pools.values()]

    @property
    def pending_events(self) -> int:
        """How many asynchronous events are not done."""
        return self._queue.size

    def find(self, name: str) -> FunctionSpec:
        """Find a function by logical id, name, partial or full ARN, with or without a qualifier.

        Raises
        ------
        UnknownFunctionError
            If the template has no such function.
        """
        parts = name.split(":")
        if "function" in parts:
            parts = parts[parts.index("function") + 1 :]
        plain = parts[0]
        logical_id = plain if plain in self._pools else self._logical_ids.get(plain)
        if logical_id is None:
            arn = self._host.place.function_arn(plain)
            raise UnknownFunctionError(f"Function not found: {arn}")
        return self._pools[logical_id].spec

    def describe(self, spec: FunctionSpec) -> dict[str, str | int]:
        """Describe a function in the words of Lambda's API."""
        return {
            "FunctionName": spec.name,
            "FunctionArn": self._host.place.function_arn(spec.name),
            "Handler": spec.handler,
            "MemorySize": spec.memory_mb,
            "Runtime": spec.runtime,
            "Timeout": int(spec.timeout_seconds),
            "Version": "$LATEST",
        }

    async def invoke(self, spec: FunctionSpec, invocation: Invocation) -> InvocationResult:
        """Run a function and wait for what it answers."""
        return await self._pools[spec.logical_id].invoke(invocation)

    def invoke_later(self, spec: FunctionSpec, invocation: Invocation) -> None:
        """Accept an event; it runs in the background, with retries."""
        self._queue.accept(spec, invocation)

    async def warm(self, count: int) -> None:
        """Have `count` environments of every function up."""
        await asyncio.gather(*(pool.warm(count) for pool in self._pools.values()))

    async def stop(self) -> None:
        """End every environment; events not yet done are dropped."""
        await self._queue.stop()
        await asyncio.gather(*(pool.stop() for pool in self._pools.values()))
