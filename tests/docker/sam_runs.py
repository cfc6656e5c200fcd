"""SAM as a program: one invocation, or the API for as long as a block runs."""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from containers import Settings, sam
from containers.compose import remove_containers_of_sam
from tests.docker.notes import REPORT, Notes
from tests.support.source import ROOT
from tests.support.waiting import wait_until

BUILD_SECONDS = 900
INVOKE_SECONDS = 300
START_SECONDS = 120
SHOWN_REPORTS = 12


@dataclass(frozen=True)
class Sam:
    """SAM with the functions on the network of the services."""

    settings: Settings
    variables: Path
    notes: Notes

    def build(self, python: str) -> None:
        """Build all functions for a version of Python."""
        environment = {**sam.environment(self.settings), "LAMBDA_PYTHON": python}
        subprocess.run(
            sam.command("build"), env=environment, cwd=ROOT, check=True, timeout=BUILD_SECONDS
        )

    def invoke(self, function: str, event: str) -> Any:
        """Invoke a function with an example event and return what it returns."""
        done = subprocess.run(
            self._command("invoke", function, "--event", f"events/{event}.json"),
            env=sam.environment(self.settings),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=INVOKE_SECONDS,
        )
        self.notes.add(f"sam local invoke {function} -e events/{event}.json")
        self.notes.keep_reports(done.stderr)
        assert done.returncode == 0 and REPORT in done.stderr, done.stderr
        return json.loads(done.stdout)

    def begin(self, function: str, event: Path) -> subprocess.Popen[bytes]:
        """Begin an invocation and do not wait for its end."""
        return subprocess.Popen(
            self._command("invoke", function, "--event", str(event)),
            env=sam.environment(self.settings),
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    @contextmanager
    def api(self, log: Path, port: int, *options: str) -> Iterator[str]:
        """Serve the API inside the block, at the address that it yields."""
        with log.open("w") as output:
            process = subprocess.Popen(
                self._command("start-api", "--port", str(port), *options),
                env=sam.environment(self.settings),
                cwd=ROOT,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            try:
                _wait_for(process, port, log)
                yield f"http://localhost:{port}"
            finally:
                process.send_signal(signal.SIGINT)
                process.wait(START_SECONDS)
                remove_containers_of_sam(self.settings["NETWORK"])
                text = log.read_text()
                self.notes.add(
                    f"sam local start-api reported {text.count(REPORT)} requests, such as"
                )
                self.notes.keep_reports(text, at_most=SHOWN_REPORTS)

    def _command(self, *arguments: str) -> list[str]:
        here = ("--docker-network", self.settings["NETWORK"], "--env-vars", str(self.variables))
        return sam.command("local", *arguments, *here)


def running_containers() -> set[str]:
    """Return the ids of all containers that run."""
    command = ["docker", "ps", "--quiet", "--no-trunc"]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())


def kill_containers(containers: set[str]) -> None:
    """End containers as a machine that is lost would."""
    command = ["docker", "kill", *containers]
    subprocess.run(command, check=True, capture_output=True, timeout=30)


def _wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    wait_until(lambda: process.poll() is not None or _is_open(port), START_SECONDS)
    assert process.poll() is None, log.read_text()


def _is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def timed(url: str, body: dict[str, Any], requests: int) -> list[float]:
    """Return how many milliseconds each of some requests for a list took."""
    client = httpx.Client(base_url=url, timeout=60, trust_env=False)
    taken = []
    for _ in range(requests):
        begun = time.perf_counter()
        client.post("/predict", json=body).raise_for_status()
        taken.append((time.perf_counter() - begun) * 1000)
    client.close()
    return taken


def image_mb(name: str) -> int:
    """Return the size of an image."""
    shown = subprocess.run(
        ["docker", "image", "inspect", "--format", "{{.Size}}", name],
        capture_output=True,
        text=True,
        check=True,
    )
    return int(shown.stdout) // 1_000_000


def folder_mb(folder: Path) -> float:
    """Return the size of a folder's files."""
    files = (Path(place, name) for place, _, names in os.walk(folder) for name in names)
    return sum(file.stat().st_size for file in files) / 1_000_000
