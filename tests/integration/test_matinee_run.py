"""`matinee run` as a user knows it: everything from nothing, and again from what is there."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest

from tests.support.folders import folder_for_servers
from tests.support.processes import descendants
from tests.support.prometheus import missing_programs
from tests.support.waiting import wait_until

pytestmark = pytest.mark.integration

LAST_LINE = "Ctrl-C stops everything"
GONE_SECONDS = 15


@dataclass
class Run:
    """A `matinee run` that is up."""

    process: subprocess.Popen[str]
    output: str

    @property
    def api_url(self) -> str:
        return self.address("API")

    def address(self, name: str) -> str:
        found = re.search(rf"{name} +(http://localhost:\d+)", self.output)
        assert found is not None, self.output
        return found[1]

    def counted(self, query: str) -> float:
        """Return what Prometheus knows by now."""
        answer = httpx.get(f"{self.address('Prometheus')}/api/v1/query", params={"query": query})
        return sum(float(series["value"][1]) for series in answer.json()["data"]["result"])


@pytest.fixture(scope="module")
def data_folder() -> Iterator[Path]:
    with folder_for_servers() as path:
        yield path


@contextmanager
def matinee_run(data_folder: Path, *options: str) -> Iterator[Run]:
    command = ["run", "--pick-ports", "--data-dir", str(data_folder), *options]
    process = subprocess.Popen(
        [sys.executable, "-m", "matinee_cli", *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert process.stdout is not None
    with process.stdout as stream:
        lines = []
        for line in stream:
            lines.append(line)
            if LAST_LINE in line:
                break
        output = "".join(lines)
        assert LAST_LINE in output, output
        try:
            yield Run(process, output)
        finally:
            process.send_signal(signal.SIGINT)
            stream.read()
            process.wait(60)


def test_first_run_imports_trains_and_recommends_then_stops_cleanly(data_folder: Path) -> None:
    with matinee_run(data_folder) as run:
        family = descendants(run.process.pid)
        answer = httpx.post(f"{run.api_url}/predict/", json={"user_id": 15}, timeout=30)
        stranger = httpx.post(f"{run.api_url}/predict/", json={"user_id": 99_999_999}, timeout=30)
        if missing_programs():
            assert "apt-get install prometheus prometheus-pushgateway" in run.output
        else:
            wait_until(lambda: run.counted('matinee_lists_total{strategy="popular"}') == 1)
            wait_until(lambda: run.counted("matinee_imports_total") == 1)
            wait_until(lambda: run.counted('matinee_training_runs_total{status="succeeded"}') == 1)
    assert run.process.returncode == 0
    assert psutil.wait_procs(family, timeout=GONE_SECONDS)[1] == []

    assert "Importing" in run.output
    assert "Training" in run.output
    assert "because of" in run.output
    assert (data_folder / "admin-token").read_text() not in run.output
    assert "Schedule" not in (data_folder / "logs/emulator.log").read_text()
    assert answer.json()["strategy"] == "model"
    assert len(answer.json()["items"]) == 10
    assert stranger.json()["strategy"] == "popular"


def test_second_run_keeps_data_and_model_and_runs_schedules_when_asked_to(
    data_folder: Path,
) -> None:
    options = ("--schedules", "--parameter", "DriftSchedule=cron(0 7 ? * MON *)")
    with matinee_run(data_folder, *options) as run:
        model = httpx.get(f"{run.api_url}/model", timeout=30)
    assert model.status_code == 200
    assert "Importing" not in run.output
    assert "Training" not in run.output
    assert "User 15 should watch" in run.output
    assert "Schedules are on" in run.output
    log = (data_folder / "logs/emulator.log").read_text()
    assert "local-train: cron(0 3 * * ? *) UTC" in log
    assert "local-drift: cron(0 7 ? * MON *) UTC" in log
