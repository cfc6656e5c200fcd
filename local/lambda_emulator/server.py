"""The emulator as a whole: a template in, an HTTP API and an Invoke API out."""

import asyncio
import errno
import os
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from lambda_emulator.apis import read_http_api
from lambda_emulator.async_queue import Discarded
from lambda_emulator.clock import Clock, SystemClock
from lambda_emulator.dead_letters import DeadLetters, failed_invocation
from lambda_emulator.environment import Host
from lambda_emulator.errors import EmulatorError, PortInUseError
from lambda_emulator.functions import Overrides, read_functions
from lambda_emulator.http_api import HttpApi
from lambda_emulator.invoke_api import InvokeApi
from lambda_emulator.log_pipe import Emit, print_line
from lambda_emulator.process_guard import ProcessGuard
from lambda_emulator.queues import Queues
from lambda_emulator.scheduler import Scheduler
from lambda_emulator.service import LambdaService
from lambda_emulator.spec import HttpApiSpec, Schedule
from lambda_emulator.template import Place, Template
from lambda_emulator.variables import platform_variables

# The connection's own limit on headers; API Gateway allows 10,240 bytes in all.
_MAX_HEADER_BYTES = 16_384


@dataclass(frozen=True)
class EmulatorSettings:
    """How to run a template.

    Attributes
    ----------
    overrides : mapping
        Values for variables that functions declare, by logical id; "Parameters" is for all.
    port, lambda_port : int
        Of the HTTP API and the Invoke API; 0 takes any free port.
    max_environments : int
        Processes per function; further calls wait for their turn.
    prewarm : int
        Environments of each function to start before the ports open.
    dead_letters : Path
        File for events that are given up; made when there is one.
    sqs_endpoint : str or None
        Server that the template's queues are made on, which then receive such events too.
    """

    template: Path
    parameters: Mapping[str, str] = field(default_factory=dict)
    overrides: Overrides = field(default_factory=dict, repr=False)
    host: str = "127.0.0.1"
    port: int = 8080
    lambda_port: int = 3001
    place: Place = Place()
    python: str = sys.executable
    max_environments: int = max(4, 2 * (os.cpu_count() or 1))
    prewarm: int = 0
    dead_letters: Path = Path("dead-letters.jsonl")
    sqs_endpoint: str | None = None
    init_seconds: float = 10.0
    shutdown_seconds: float = 2.0


class Emulator:
    """A running template; also an asynchronous context manager.

    Attributes
    ----------
    http_url, lambda_url : str
        Where the two APIs listen, once started; `http_url` is empty without HTTP routes.
    """

    def __init__(
        self, settings: EmulatorSettings, *, clock: Clock | None = None, emit: Emit = print_line
    ) -> None:
        self.settings = settings
        self._clock = clock or SystemClock()
        self._emit = emit
        template = Template.load(
            settings.template, parameters=settings.parameters, place=settings.place
        )
        self._specs = read_functions(template, settings.overrides)
        self.api: HttpApiSpec | None = read_http_api(template)
        self._queue_names = template.queue_names()
        self._dead_letters: DeadLetters | None = None
        self._scheduler: Scheduler | None = None
        self._guard: ProcessGuard | None = None
        self._runners: list[web.AppRunner] = []
        self._sockets: list[socket.socket] = []
        self.service: LambdaService | None = None
        self.http_url = ""
        self.lambda_url = ""

    @property
    def schedules(self) -> list[Schedule]:
        """The schedules that are on."""
        return [schedule for spec in self._specs for schedule in spec.schedules if schedule.enabled]

    async def __aenter__(self) -> "Emulator":
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Take both ports, start what is to be warm, then answer.

        Raises
        ------
        PortInUseError
            If a port belongs to another program.
        QueueError
            If the server for dead-letter queues does not answer.
        """
        try:
            await self._start()
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Close the ports and end every process."""
        for runner in self._runners:
            await runner.cleanup()
        self._runners.clear()
        for bound in self._sockets:
            bound.close()
        self._sockets.clear()
        if self._scheduler is not None:
            await self._scheduler.stop()
            self._scheduler = None
        if self.service is not None:
            await self.service.stop()
            self.service = None
        if self._dead_letters is not None:
            await self._dead_letters.stop()
            self._dead_letters = None
        if self._guard is not None:
            self._guard.close()
            self._guard = None

    async def _start(self) -> None:
        settings = self.settings
        lambda_socket = self._bind("Lambda Invoke API", settings.lambda_port)
        http_socket = self._bind("HTTP API", settings.port) if self.api else None
        self.lambda_url = _url(lambda_socket)
        self.http_url = _url(http_socket) if http_socket else ""
        self._dead_letters = await self._open_dead_letters()
        self._guard = ProcessGuard()
        self.service = LambdaService(
            self._specs,
            self._host(self._guard),
            clock=self._clock,
            max_environments=settings.max_environments,
            on_discard=self._keep_discarded,
        )
        await self.service.warm(settings.prewarm)
        await self._serve(lambda_socket, InvokeApi(self.service).application())
        if self.api is not None and http_socket is not None:
            account_id = settings.place.account_id
            api = HttpApi(self.api, self.service, clock=self._clock, account_id=account_id)
            await self._serve(http_socket, api.application())
        self._scheduler = Scheduler(
            self.service.invoke_later,
            clock=self._clock,
            keep=self._dead_letters.keep,
            place=settings.place,
        )
        self._scheduler.start(self._specs)

    async def _open_dead_letters(self) -> DeadLetters:
        settings = self.settings
        queues = None
        if settings.sqs_endpoint is not None:
            queues = Queues(settings.sqs_endpoint, region=settings.place.region)
            await asyncio.to_thread(queues.create, self._queue_names)
        return DeadLetters(settings.dead_letters, emit=self._emit, queues=queues)

    def _keep_discarded(self, event: Discarded) -> None:
        assert self._dead_letters is not None
        self._dead_letters.keep(failed_invocation(event, self.settings.place, self._clock.now()))

    def _host(self, guard: ProcessGuard) -> Host:
        settings = self.settings
        return Host(
            guard=guard,
            lambda_url=self.lambda_url,
            place=settings.place,
            platform=platform_variables(),
            python=settings.python,
            emit=self._emit,
            init_seconds=settings.init_seconds,
            shutdown_seconds=settings.shutdown_seconds,
        )

    def _bind(self, service: str, port: int) -> socket.socket:
        """Take a port without answering on it yet."""
        host = self.settings.host
        bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._sockets.append(bound)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise PortInUseError(service, host, port) from error
            raise EmulatorError(f"{service}: cannot listen on {host}:{port}: {error}") from error
        return bound

    async def _serve(self, bound: socket.socket, application: web.Application) -> None:
        runner = web.AppRunner(
            application,
            access_log=None,
            auto_decompress=False,  # a compressed body reaches the function as it was sent
            max_field_size=_MAX_HEADER_BYTES,
            max_line_size=_MAX_HEADER_BYTES,
            shutdown_timeout=self.settings.shutdown_seconds,
        )
        self._runners.append(runner)
        await runner.setup()
        await web.SockSite(runner, bound).start()


async def serve(
    settings: EmulatorSettings, *, on_started: Callable[[Emulator], None] = lambda _: None
) -> None:
    """Run a template until SIGINT or SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    emulator = Emulator(settings)
    starting = asyncio.create_task(emulator.start())
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            await starting
            on_started(emulator)
        await stopping
    finally:
        starting.cancel()
        stopping.cancel()
        await asyncio.gather(starting, stopping, return_exceptions=True)
        await emulator.stop()
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(name)


def _url(bound: socket.socket) -> str:
    host, port = bound.getsockname()[:2]
    reachable = "127.0.0.1" if host == "0.0.0.0" else host
    return f"http://{reachable}:{port}"
