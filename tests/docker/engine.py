"""A Docker engine to test with, and where its images come from."""

import os
import platform
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import yaml

from containers.compose import FILE
from tests.support.source import ROOT
from tests.support.waiting import wait_until

REGISTRIES = ("registry-1.docker.io", "public.ecr.aws", "quay.io")
START_SECONDS = 30
STOP_SECONDS = 60


class NoEngineError(Exception):
    """This machine has no Docker engine and cannot start one."""


@contextmanager
def engine() -> Iterator[None]:
    """Use the engine that runs, or run one inside the block."""
    if not shutil.which("docker"):
        raise NoEngineError("there is no docker on this machine")
    if _answers():
        yield
        return
    if platform.system() != "Linux" or os.geteuid() != 0 or not shutil.which("dockerd"):
        raise NoEngineError("no Docker engine answers, and only root on Linux may start one")
    with tempfile.NamedTemporaryFile("w+", suffix="-dockerd.log") as log:
        started = subprocess.Popen(["dockerd"], stdout=log, stderr=subprocess.STDOUT)
        try:
            _wait_for(started, Path(log.name))
            yield
        finally:
            started.terminate()
            started.wait(STOP_SECONDS)


def registries_answer() -> bool:
    """Whether images can be had from every registry that the project names."""
    return all(_registry_answers(registry) for registry in REGISTRIES)


def image_names() -> dict[str, str]:
    """Return the image of each service, and the one that our own images start from."""
    services = yaml.safe_load(FILE.read_text())["services"]
    names = {name: service["image"] for name, service in services.items() if "build" not in service}
    found = re.search(r"^FROM (\S+)", (ROOT / "ui/Dockerfile").read_text(), re.MULTILINE)
    assert found
    return {**names, "python": found.group(1)}


def _answers() -> bool:
    return subprocess.run(["docker", "info"], capture_output=True).returncode == 0


def _wait_for(started: subprocess.Popen[bytes], log: Path) -> None:
    wait_until(lambda: started.poll() is not None or _answers(), START_SECONDS)
    if started.poll() is not None:
        raise NoEngineError(f"dockerd does not start here: {log.read_text()[-2000:]}")


def _registry_answers(registry: str) -> bool:
    try:
        return httpx.get(f"https://{registry}/v2/", timeout=10).status_code in (200, 401)
    except httpx.HTTPError:
        return False
