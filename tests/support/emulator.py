"""The Lambda emulator, running in a thread of the test process."""

import asyncio
import json
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import Any

import boto3
from botocore.config import Config

from lambda_emulator.clock import SteppedClock
from lambda_emulator.server import Emulator, EmulatorSettings

SAMPLES = Path(__file__).parent / "lambda_samples"
_START_SECONDS = 30


class RunningEmulator:
    """An emulator that serves while the block runs."""

    def __init__(self, settings: EmulatorSettings, *, clock: SteppedClock | None = None) -> None:
        self._clock = clock
        self.lines: list[tuple[str, str]] = []
        self._settings = settings
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="emulator")

    def __enter__(self) -> "RunningEmulator":
        self._thread.start()
        try:
            self.emulator = self._call(self._start)
        except BaseException:
            self._end_loop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self._call(self.emulator.stop)
        finally:
            self._end_loop()

    @property
    def http_url(self) -> str:
        """Where the HTTP API is."""
        return self.emulator.http_url

    def advance(self, seconds: float) -> None:
        """Move the clock that was given."""
        assert self._clock is not None
        clock = self._clock
        self._call(lambda: clock.advance(seconds))

    def log_of(self, function: str) -> list[str]:
        """Return what a function logged so far."""
        return [line for name, line in list(self.lines) if name == function]

    def lambda_client(self) -> Any:
        """Build a boto3 client of the Invoke API."""
        return boto3.client(
            "lambda",
            endpoint_url=self.emulator.lambda_url,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(retries={"total_max_attempts": 1}, read_timeout=30, connect_timeout=5),
        )

    async def _start(self) -> Emulator:
        emulator = Emulator(
            self._settings,
            clock=self._clock,
            emit=lambda function, line: self.lines.append((function, line)),
        )
        await emulator.start()
        return emulator

    def _call(self, function: Callable[[], Any]) -> Any:
        running: Future[Any] = asyncio.run_coroutine_threadsafe(function(), self._loop)
        return running.result(timeout=_START_SECONDS)

    def _end_loop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=_START_SECONDS)
        self._loop.close()


def invoker(emulator: RunningEmulator) -> Callable[..., tuple[Any, str | None]]:
    """Return a function that invokes one and waits: for its answer, and its error if it has one."""
    client = emulator.lambda_client()

    def invoke(function: str, event: Any = None) -> tuple[Any, str | None]:
        answer = client.invoke(FunctionName=function, Payload=json.dumps(event or {}))
        return json.load(answer["Payload"]), answer.get("FunctionError")

    return invoke


def sample_settings(scratch: Path, **changes: Any) -> EmulatorSettings:
    """Describe the sample template on free ports, with its scratch folder in place."""
    defaults: dict[str, Any] = {
        "template": SAMPLES / "template.yaml",
        "overrides": {"Parameters": {"SCRATCH": str(scratch), "AWS_REGION": "ignored"}},
        "port": 0,
        "lambda_port": 0,
        "dead_letters": scratch / "dead-letters.jsonl",
    }
    return EmulatorSettings(**{**defaults, **changes})


def kept_letters(path: Path) -> list[dict[str, Any]]:
    """Return the events that an emulator gave up, as its file keeps them."""
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
