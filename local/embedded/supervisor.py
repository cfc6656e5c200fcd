"""Starts servers, waits until they answer, and leaves none behind."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from embedded.accounts import Account
from embedded.launching import launch_command
from embedded.ports import PortTakenError, is_taken
from matinee.errors import UnavailableError

POLL_SECONDS = 0.05
STOP_SECONDS = 10.0
LOG_TAIL_LINES = 15
# The user's own settings for these programs must not reach servers that are ours.
FOREIGN_VARIABLES = ("AWS_", "MLFLOW_", "PG", "PYTHON", "STREAMLIT_")


@dataclass(frozen=True)
class ServerSpec:
    """How to start one server, and how to know that it answers."""

    name: str
    arguments: Sequence[str | Path]
    ports: Sequence[int]
    log: Path
    is_ready: Callable[[], bool]
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    start_seconds: float = 90.0


class Server:
    """One running server."""

    def __init__(self, spec: ServerSpec, process: subprocess.Popen[bytes], spawned: float) -> None:
        self.spec = spec
        self.process = process
        self._spawned = spawned

    def wait_until_ready(self) -> None:
        """Return once the server answers; show its log's end when it dies or takes too long."""
        deadline = self._spawned + self.spec.start_seconds
        while not self.spec.is_ready():
            self.check()
            if time.monotonic() > deadline:
                raise self._failure(f"did not answer within {self.spec.start_seconds:.0f} s")
            time.sleep(POLL_SECONDS)

    def check(self) -> None:
        """Raise if the server ended."""
        if self.process.poll() is not None:
            raise self._failure(f"ended with status {self.process.returncode}")

    def stop(self) -> None:
        """Ask the server to end, and end it with all that it started."""
        if self.process.poll() is None:
            self.process.send_signal(self.spec.stop_signal)
            with suppress(subprocess.TimeoutExpired):  # its group is killed below
                self.process.wait(STOP_SECONDS)
        _kill_group(self.process.pid)
        self.process.wait()

    def _failure(self, what: str) -> UnavailableError:
        ports = ", ".join(str(port) for port in self.spec.ports)
        tail = _tail(self.spec.log)
        return UnavailableError(
            f"{self.spec.name} (port {ports}) {what}; the end of {self.spec.log}:\n{tail}"
        )


class Supervisor:
    """The servers of one run, stopped in the reverse of the order in which they started.

    `inherited` are file descriptors that every server keeps open. Servers must be started from the
    main thread: on Linux they end when the thread that started them does.
    """

    def __init__(self, inherited: Sequence[int] = ()) -> None:
        self._inherited = tuple(inherited)
        self._servers: list[Server] = []

    def start(self, spec: ServerSpec) -> Server:
        """Start a server without waiting for it."""
        for port in spec.ports:
            if is_taken(port):
                raise PortTakenError(port, spec.name)
        spec.log.parent.mkdir(parents=True, exist_ok=True)
        server = Server(spec, self._spawn(spec), time.monotonic())
        self._servers.append(server)
        return server

    def wait_until_ready(self) -> None:
        """Return once every server answers."""
        for server in self._servers:
            server.wait_until_ready()

    def stop(self) -> None:
        """Stop every server, whatever happens to one of them."""
        try:
            while self._servers:
                self._servers.pop().stop()
        finally:
            if self._servers:
                self.stop()

    def check(self) -> None:
        """Raise if a server ended though nobody asked it to."""
        for server in self._servers:
            server.check()

    def _spawn(self, spec: ServerSpec) -> subprocess.Popen[bytes]:
        with spec.log.open("ab") as log:
            return subprocess.Popen(
                launch_command(spec.arguments, spec.account, spec.stop_signal),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd="/",
                env={**_own_environment(), **spec.environment},
                pass_fds=self._inherited,
                # A group of its own: Ctrl-C in the terminal reaches us, and we stop them in order.
                start_new_session=True,
            )


def _own_environment() -> dict[str, str]:
    return {
        name: value for name, value in os.environ.items() if not name.startswith(FOREIGN_VARIABLES)
    }


def _kill_group(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        pass  # nobody is left, as it should be
    except PermissionError:
        pass  # macOS answers so for a group that holds only a dead leader


def _tail(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()
    return "\n".join(f"  {line}" for line in lines[-LOG_TAIL_LINES:]) or "  (empty)"
