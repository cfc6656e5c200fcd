"""One execution environment: a process that runs one function's handler, one event at a time."""

import asyncio
import math
import signal
import sys
import time
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lambda_emulator.invocation import Invocation, InvocationResult, exited, timed_out
from lambda_emulator.log_pipe import Emit, LogPipe, print_line
from lambda_emulator.process_guard import ProcessGuard, kill_group
from lambda_emulator.runtime_api import RuntimeApi
from lambda_emulator.spec import FunctionSpec
from lambda_emulator.template import Place
from lambda_emulator.variables import function_variables


@dataclass(frozen=True)
class Host:
    """What all environments share.

    Attributes
    ----------
    init_seconds : float
        AWS gives a start 10 s, then starts anew within the time of the first invocation. Here the
        one start has both times together.
    shutdown_seconds : float
        How long a function with an extension may take after SIGTERM.
    """

    guard: ProcessGuard
    lambda_url: str
    place: Place = Place()
    platform: Mapping[str, str] = field(default_factory=dict, repr=False)
    python: str = sys.executable
    emit: Emit = print_line
    init_seconds: float = 10.0
    shutdown_seconds: float = 2.0


class InitError(Exception):
    """The environment did not come up; `result` is what the caller is told."""

    def __init__(self, result: InvocationResult) -> None:
        super().__init__(result.payload.decode("utf-8", "replace"))
        self.result = result


class LostEventError(Exception):
    """The process ended before it took the event; another one can."""


class Environment:
    """A running process of one function."""

    def __init__(self, spec: FunctionSpec, host: Host) -> None:
        self.spec = spec
        self._host = host
        self._api = RuntimeApi(spec, host.place.function_arn(spec.name))
        self._log = LogPipe(self._emit)
        self._process: asyncio.subprocess.Process | None = None
        self._exit: asyncio.Task[int] | None = None
        self._init_ms: float | None = None
        self._has_served = False
        self._is_over = False

    @classmethod
    async def start(cls, spec: FunctionSpec, host: Host) -> "Environment":
        """Start a process and wait until its handler is imported.

        Raises
        ------
        InitError
            If the handler cannot be imported, the process exits, or its time is over.
        """
        environment = cls(spec, host)
        try:
            await environment._start()
        except BaseException:
            await environment.kill()
            raise
        return environment

    @property
    def is_alive(self) -> bool:
        """Whether the process can take another event."""
        return self._exit is not None and not self._exit.done()

    async def invoke(self, invocation: Invocation) -> InvocationResult:
        """Run the handler on one event; how it fails is part of the result.

        Raises
        ------
        LostEventError
            If the process ended of what it did after an earlier event.
        """
        limit = self.spec.timeout_seconds
        request_id = invocation.request_id
        self._emit(f"START RequestId: {request_id} Version: $LATEST")
        started = time.perf_counter()
        answer = self._api.deliver(invocation, deadline_ms=int((time.time() + limit) * 1000))
        result = await self._first_of(answer, limit)
        duration_ms = (time.perf_counter() - started) * 1000
        if result is not None:
            self._report(request_id, duration_ms)
            self._has_served = True
            return result
        result = await self._explain_silence(request_id, limit)
        was_lost = self._api.has_undelivered_event and self._has_served
        self._report(request_id, duration_ms)
        self._emit(result.payload.decode())
        await self.kill()
        if was_lost:
            raise LostEventError
        return result

    async def stop(self) -> None:
        """End the process as AWS does: with a warning only if an extension asked for one."""
        if self.is_alive and self._api.has_extensions:
            seconds = self._host.shutdown_seconds
            self._api.announce_shutdown(int((time.time() + seconds) * 1000))
            assert self._process is not None
            with suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGTERM)
            await asyncio.wait({self._exit_task}, timeout=seconds)
        await self.kill()

    async def kill(self) -> None:
        """End the process and its children at once; harmless when done before."""
        if self._process is not None and not self._is_over:
            self._is_over = True  # from here on the group's number may be somebody else's
            kill_group(self._group)
            await self._exit_task
            self._host.guard.forget(self._group)
        self._log.drain()
        self._log.close()
        await self._api.stop()

    async def _start(self) -> None:
        started = time.perf_counter()
        await self._api.start()
        variables = function_variables(
            self.spec,
            platform=self._host.platform,
            place=self._host.place,
            lambda_url=self._host.lambda_url,
            runtime_api=self._api.address,
            environment_id=uuid.uuid4().hex,
        )
        try:
            self._process = await asyncio.create_subprocess_exec(
                self._host.python,
                *("-m", "awslambdaric", self.spec.handler),
                cwd=self.spec.code_root,
                env=variables,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=self._log.writing,
                stderr=self._log.writing,
                start_new_session=True,  # a process group of its own, killed as a whole
            )
        finally:
            self._log.close_writing()
        self._host.guard.watch(self._group)
        self._exit = asyncio.create_task(self._process.wait())
        await self._finish_init()
        self._init_ms = (time.perf_counter() - started) * 1000

    async def _explain_silence(self, request_id: str, seconds: float) -> InvocationResult:
        """Say why no answer came, and make sure that none will."""
        if self.is_alive:
            kill_group(self._group)
            return timed_out(request_id, seconds)
        return exited(request_id, await self._exit_task)

    async def _finish_init(self) -> None:
        limit = self._host.init_seconds + self.spec.timeout_seconds
        ended = self._api.initialized
        waited_for: set[asyncio.Future[Any]] = {ended, self._exit_task}
        await asyncio.wait(waited_for, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
        if not ended.done():
            silence = await self._explain_silence(str(uuid.uuid4()), limit)
            self._emit(silence.payload.decode())
            raise InitError(silence)
        error = ended.result()
        if error is not None:
            raise InitError(error)

    async def _first_of(
        self, answer: asyncio.Future[InvocationResult], seconds: float
    ) -> InvocationResult | None:
        """Wait for the answer, the end of the process or the end of its time."""
        # The handler lives in real time, so this is no matter for a clock that tests step.
        waited_for: set[asyncio.Future[Any]] = {answer, self._exit_task}
        await asyncio.wait(waited_for, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        return answer.result() if answer.done() else None

    @property
    def _exit_task(self) -> "asyncio.Task[int]":
        assert self._exit is not None
        return self._exit

    @property
    def _group(self) -> int:
        assert self._process is not None
        return self._process.pid

    def _emit(self, line: str) -> None:
        self._host.emit(self.spec.logical_id, line)

    def _report(self, request_id: str, duration_ms: float) -> None:
        self._log.drain()
        self._emit(f"END RequestId: {request_id}")
        parts = [
            f"REPORT RequestId: {request_id}",
            f"Duration: {duration_ms:.2f} ms",
            f"Billed Duration: {math.ceil(duration_ms)} ms",
            f"Memory Size: {self.spec.memory_mb} MB",
        ]
        if (used := _peak_memory_mb(self._group)) is not None:
            parts.append(f"Max Memory Used: {used} MB")
        if self._init_ms is not None:
            parts.append(f"Init Duration: {self._init_ms:.2f} ms")
            self._init_ms = None
        self._emit("\t".join(parts))


def _peak_memory_mb(pid: int) -> int | None:
    """Read the largest resident size of a process, where the system tells (Linux)."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return None
    peak = next((line for line in status.splitlines() if line.startswith("VmHWM:")), None)
    return int(peak.split()[1]) // 1024 if peak else None
