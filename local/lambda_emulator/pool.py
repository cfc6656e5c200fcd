"""The execution environments of one function: warm ones are reused, new ones start on demand."""

import asyncio
import uuid
from collections import deque

from lambda_emulator.environment import Environment, Host, InitError, LostEventError
from lambda_emulator.errors import StoppedError, ThrottledError
from lambda_emulator.invocation import Invocation, InvocationResult, unhandled
from lambda_emulator.spec import FunctionSpec

# What AWS allows an account; a function without a reservation shares it.
_ACCOUNT_CONCURRENCY = 1000


class EnvironmentPool:
    """Runs a function's invocations in as many environments as they need at once.

    Two limits differ on purpose. Above `ReservedConcurrentExecutions` a call is refused, as on
    AWS. Above `max_environments`, which is about this machine alone, a call waits for its turn.
    """

    def __init__(self, spec: FunctionSpec, host: Host, *, max_environments: int) -> None:
        self.spec = spec
        self._host = host
        self._max_environments = max_environments
        reserved = spec.reserved_concurrency
        self._max_concurrency = _ACCOUNT_CONCURRENCY if reserved is None else reserved
        self._in_flight = 0
        self._environments: set[Environment] = set()
        self._idle: list[Environment] = []
        self._waiting: deque[asyncio.Future[Environment]] = deque()
        self._starting: set[asyncio.Task[None]] = set()
        self._ending: set[asyncio.Task[None]] = set()
        self._all_done = asyncio.Event()
        self._all_done.set()
        self._stopped = False

    @property
    def size(self) -> int:
        """How many environments are up."""
        return len(self._environments)

    async def invoke(self, invocation: Invocation) -> InvocationResult:
        """Run the function on one event.

        Raises
        ------
        ThrottledError
            If the function's concurrency limit is reached.
        """
        if self._in_flight >= self._max_concurrency:
            raise ThrottledError(f"{self.spec.name} runs {self._in_flight} events already")
        self._in_flight += 1
        self._all_done.clear()
        try:
            return await self._run(invocation)
        except InitError as error:
            return error.result
        finally:
            self._in_flight -= 1
            if self._in_flight == 0:
                self._all_done.set()

    async def warm(self, count: int) -> None:
        """Have `count` environments up before anybody calls."""
        for _ in range(min(count, self._max_environments) - self.size):
            self._start_environment()
        await asyncio.gather(*self._starting)

    async def stop(self) -> None:
        """End every environment."""
        self._stopped = True
        for task in self._starting:
            task.cancel()
        await asyncio.gather(*self._starting, return_exceptions=True)
        self._fail_waiting(StoppedError("the emulator is shutting down"), everyone=True)
        await asyncio.gather(*(environment.stop() for environment in self._environments))
        await self._all_done.wait()  # whoever was being served has learnt of the end
        await asyncio.gather(*self._ending)
        self._environments.clear()
        self._idle.clear()

    async def _run(self, invocation: Invocation) -> InvocationResult:
        while True:
            environment = await self._acquire()
            try:
                return await environment.invoke(invocation)
            except LostEventError:
                continue  # ends: an environment loses no event before it has served one
            finally:
                self._release(environment)

    async def _acquire(self) -> Environment:
        if self._stopped:
            raise StoppedError("the emulator is shutting down")
        while self._idle:
            environment = self._idle.pop()
            if environment.is_alive:
                return environment
            self._retire(environment)
        waiter: asyncio.Future[Environment] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        self._grow()
        return await waiter

    def _grow(self) -> None:
        """Start an environment if more callers wait than environments come up."""
        room = self.size + len(self._starting) < self._max_environments
        if room and len(self._waiting) > len(self._starting) and not self._stopped:
            self._start_environment()

    def _start_environment(self) -> None:
        task = asyncio.create_task(self._start())
        self._starting.add(task)
        task.add_done_callback(self._started)

    async def _start(self) -> None:
        try:
            environment = await Environment.start(self.spec, self._host)
        except InitError as error:
            self._fail_waiting(error)
            return
        except OSError as error:
            result = unhandled("Runtime.InvalidEntrypoint", str(error), str(uuid.uuid4()))
            self._host.emit(self.spec.logical_id, result.payload.decode())
            self._fail_waiting(InitError(result))
            return
        self._environments.add(environment)
        self._release(environment)

    def _started(self, task: asyncio.Task[None]) -> None:
        self._starting.discard(task)
        self._grow()

    def _release(self, environment: Environment) -> None:
        """Give an environment to whoever waits longest, or keep it for the next caller."""
        if not environment.is_alive:
            self._retire(environment)
            self._grow()
            return
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(environment)
                return
        self._idle.append(environment)

    def _retire(self, environment: Environment) -> None:
        """Clear away what is left of an environment whose process ended."""
        self._environments.discard(environment)
        task = asyncio.create_task(environment.kill())
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    def _fail_waiting(self, error: Exception, *, everyone: bool = False) -> None:
        """Tell the caller for whom the environment was started, or all of them."""
        while self._waiting:
            waiter = self._waiting.popleft()
            if waiter.done():
                continue
            waiter.set_exception(error)
            if not everyone:
                return
