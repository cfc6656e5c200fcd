"""Starts and stops the services of the compose file."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

from containers.settings import Settings
from matinee.errors import ConfigurationError, UnavailableError

FILE = Path(__file__).parents[1] / "docker-compose.yml"
STATE = "{{.Name}} {{if .State.Health}}{{.State.Health.Status}}{{else}}unchecked{{end}}"
START_SECONDS = 180.0
POLL_SECONDS = 1.0
LOG_TAIL_LINES = "15"


class Compose:
    """The services of one project; which ones is up to COMPOSE_PROFILES."""

    def __init__(self, settings: Settings, *, start_seconds: float = START_SECONDS) -> None:
        self._settings = settings
        self._start_seconds = start_seconds
        options = ["--file", str(FILE), "--env-file", str(settings.path)]
        project = ["--project-name", settings["COMPOSE_PROJECT_NAME"]]
        self._command = [*find_command(), *options, *project]

    def up(self) -> None:
        """Start all services and return once every one of them is healthy."""
        self.call("up", "--detach", "--build")
        deadline = time.monotonic() + self._start_seconds
        # `up --wait` would do, but Debian's Compose does not have it.
        while waiting := self._not_healthy():
            if time.monotonic() > deadline:
                raise self._failure(waiting)
            time.sleep(POLL_SECONDS)

    def down(self, *, with_data: bool = False) -> None:
        """Stop and remove all containers; the volumes stay unless told otherwise."""
        remove_containers_of_sam(self._settings["NETWORK"])
        self.call("down", "--remove-orphans", *(["--volumes"] if with_data else []))

    def call(self, *arguments: str) -> None:
        """Run one command of Compose and show what it says."""
        done = subprocess.run([*self._command, *arguments], env=self._environment)
        if done.returncode != 0:
            raise UnavailableError(f"`docker compose {arguments[0]}` failed, see above")

    def output(self, *arguments: str) -> str:
        """Run one command of Compose and return what it prints."""
        done = subprocess.run(
            [*self._command, *arguments], env=self._environment, capture_output=True, text=True
        )
        if done.returncode != 0:
            raise UnavailableError(f"`docker compose {arguments[0]}` failed: {done.stderr}")
        return done.stdout

    @property
    def _environment(self) -> dict[str, str]:
        # The file decides, whatever is exported in the shell; Compose would have it otherwise.
        return {**os.environ, **self._settings.values}

    def _not_healthy(self) -> list[str]:
        containers = self.output("ps", "--all", "--quiet").split()
        shown = subprocess.run(
            ["docker", "inspect", "--format", STATE, *containers], capture_output=True, text=True
        )
        states = [line.split() for line in shown.stdout.splitlines()]
        return [name for name, state in states if state not in ("healthy", "unchecked")]

    def _failure(self, containers: list[str]) -> UnavailableError:
        tails = "\n".join(_tail(container) for container in containers)
        return UnavailableError(
            f"not healthy after {self._start_seconds:.0f} s: {', '.join(containers)}\n{tails}"
        )


def remove_containers_of_sam(network: str) -> None:
    """Remove the containers of functions: SAM leaves some behind, which keep the network."""
    listing = ["docker", "ps", "--all", "--quiet", "--filter", f"network={network}"]
    listing += ["--filter", "label=sam.cli.container.type=lambda"]
    found = subprocess.run(listing, capture_output=True, text=True).stdout.split()
    if found:
        subprocess.run(["docker", "rm", "--force", *found], capture_output=True)


def _tail(container: str) -> str:
    done = subprocess.run(
        ["docker", "logs", "--tail", LOG_TAIL_LINES, container],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return f"{container}:\n{done.stdout}"


def find_command() -> list[str]:
    """Return the words that call Compose, as a plugin of docker or the older program."""
    if shutil.which("docker"):
        plugin = ["docker", "compose"]
        if subprocess.run([*plugin, "version"], capture_output=True).returncode == 0:
            return plugin
        if shutil.which("docker-compose"):
            return ["docker-compose"]
    raise ConfigurationError(
        "this needs Docker with Compose; without Docker, `make run` runs everything"
    )
