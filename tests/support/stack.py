"""The project's own functions in the emulator, with every service behind a proxy."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx
import psutil
import pytest

from lambda_emulator.clock import SteppedClock
from lambda_emulator.server import EmulatorSettings
from tests.support.emulator import RunningEmulator, kept_letters
from tests.support.processes import descendants, started_with
from tests.support.proxy import Proxy, proxy_to
from tests.support.source import ROOT
from tests.support.waiting import wait_until

ADMIN_TOKEN = "bad-days-token"
ENDED = {"succeeded", "failed", "refused"}


@dataclass(frozen=True)
class Stack:
    """Predict and train, the ways to them, and the proxies to take services away with."""

    emulator: RunningEmulator
    http: httpx.Client
    postgres: Proxy
    s3: Proxy
    mlflow: Proxy
    dead_letters_file: Path

    def recommend(self, user_id: int = 2) -> tuple[int, Any]:
        """Ask for a list."""
        answer = self.http.post("/predict/", json={"user_id": user_id, "n": 3})
        return answer.status_code, answer.json()

    def train(self, **wanted: Any) -> tuple[int, Any]:
        """Ask for a training over HTTP."""
        answer = self.http.post("/train/", json=wanted)
        return answer.status_code, answer.json()

    def run(self, run_id: str) -> Any:
        """Look a training run up."""
        return self.http.get(f"/train/runs/{run_id}").json()

    def trained(self, **wanted: Any) -> Any:
        """Train and return the run when it has ended."""
        run_id = self.begin(**wanted)
        wait_until(lambda: self.run(run_id).get("status") in ENDED, seconds=60)
        return self.run(run_id)

    def begin(self, **wanted: Any) -> str:
        """Begin a training; environments that just lost a service need a moment to trust it."""
        answers: list[tuple[int, Any]] = []

        def is_accepted() -> bool:
            answers.append(self.train(**wanted))
            return answers[-1][0] == 202

        wait_until(is_accepted)
        return str(answers[-1][1]["run_id"])

    def send(self, function: str, event: str) -> str:
        """Hand an event to a function's queue, as the Scheduler does; return its request id."""
        answer = self.emulator.lambda_client().invoke(
            FunctionName=function, InvocationType="Event", Payload=event
        )
        return str(answer["ResponseMetadata"]["HTTPHeaders"]["x-amzn-requestid"])

    def has_ended(self, request_id: str) -> bool:
        """Tell whether a function has answered an event."""
        return f"END RequestId: {request_id}" in self.log

    @property
    def pending_events(self) -> int:
        """How many asynchronous events are under way, or wait to be tried again."""
        service = self.emulator.emulator.service
        assert service is not None
        return service.pending_events

    def kill(self, package: str) -> None:
        """End every process of a function as the kernel does when memory is short."""
        killed = started_with(f"{package}.app.handler", descendants())
        for process in killed:
            with suppress(psutil.NoSuchProcess):  # it may have ended by itself
                process.kill()
        # An event that is handed to a process in the moment of its death is lost, as on AWS.
        wait_until(lambda: not any(process.is_running() for process in killed))

    @property
    def dead_letters(self) -> list[dict[str, Any]]:
        """Return the events that were given up."""
        return kept_letters(self.dead_letters_file)

    @property
    def log(self) -> str:
        """Everything that the functions logged."""
        return "\n".join(line for _, line in list(self.emulator.lines))

    def restore(self) -> None:
        """Bring every service back."""
        for proxy in (self.postgres, self.s3, self.mlflow):
            proxy.restore()


@contextmanager
def running_stack(
    services: Mapping[str, str], folder: Path, clock: SteppedClock | None = None
) -> Iterator[Stack]:
    """Run the stack on the services that these variables name."""
    with ExitStack() as held:
        proxies = {
            name: held.enter_context(proxy_to(urlsplit(services[name]).port or 0))
            for name in ("DATABASE_URL", "AWS_ENDPOINT_URL_S3", "MLFLOW_TRACKING_URI")
        }
        variables = {
            **services,
            **{name: through(proxy, services[name]) for name, proxy in proxies.items()},
            "ADMIN_TOKEN": ADMIN_TOKEN,
            "DATABASE_TIMEOUT_MS": "500",
            "MODEL_CACHE_DIR": str(folder / "model-cache"),
            "MODEL_REFRESH_SECONDS": "0",
            "MODEL_STORE_TIMEOUT_SECONDS": "1",
            "SURPRISE_DATA_FOLDER": str(folder / "surprise"),
        }
        settings = EmulatorSettings(
            template=ROOT / "template.yaml",
            parameters={"Schedules": "enabled"},
            overrides={"Parameters": variables},
            port=0,
            lambda_port=0,
            dead_letters=folder / "dead-letters.jsonl",
            init_seconds=60,
        )
        # Time stands still unless a test moves it: nothing is tried again behind a test's back.
        clock = clock or SteppedClock(time.time())
        emulator = held.enter_context(RunningEmulator(settings, clock=clock))
        http = held.enter_context(
            httpx.Client(
                base_url=emulator.http_url,
                headers={"authorization": f"Bearer {ADMIN_TOKEN}"},
                timeout=60,
                trust_env=False,
            )
        )
        stack = Stack(emulator, http, *proxies.values(), settings.dead_letters)
        held.callback(stack.restore)  # functions that wait for a silent server could not end
        yield stack


@contextmanager
def stack_of_its_own(
    services: Any, database: str, folder: Path, **variables: str
) -> Iterator[Stack]:
    """Run the stack on a database, with a bucket and a registered model that nobody else uses.

    `services` are those of `tests.integration.conftest`.
    """
    bucket = f"test-{uuid.uuid4().hex[:12]}"
    services.s3.ensure_bucket(bucket)
    own = {"DATABASE_URL": database, "MODEL_BUCKET": bucket, "MLFLOW_MODEL_NAME": bucket}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in services.s3.environment.items():
            patch.setenv(name, value)
        with running_stack({**services.environment, **own, **variables}, folder) as stack:
            yield stack


def through(proxy: Proxy, url: str) -> str:
    """Write the address of a server as reached through a proxy."""
    parts = urlsplit(url)
    user, at, _ = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{user}{at}127.0.0.1:{proxy.port}"))


def with_password(url: str, password: str) -> str:
    """Write the address of a database with another password."""
    parts = urlsplit(url)
    return url.replace(f":{parts.password}@", f":{password}@")


def new_id() -> str:
    """Return an execution id that nobody used."""
    return uuid.uuid4().hex
