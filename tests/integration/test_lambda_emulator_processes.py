"""How the emulator and the processes of its functions begin and end."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from lambda_emulator.errors import PortInUseError
from tests.support.emulator import SAMPLES, RunningEmulator, invoker, sample_settings
from tests.support.processes import is_running
from tests.support.source import ROOT
from tests.support.waiting import wait_until

pytestmark = pytest.mark.integration


class TestEnd:
    def test_sigterm_reaches_a_handler_with_an_extension(self, tmp_path: Path) -> None:
        with RunningEmulator(sample_settings(tmp_path)) as emulator:
            pid = invoker(emulator)("GracefulFunction")[0]["pid"]

        assert (tmp_path / "cleaned-up").read_text() == "SIGTERM"
        assert "cleaned up" in emulator.log_of("GracefulFunction")
        assert not is_running(pid)

    def test_stop_leaves_no_process_behind(self, tmp_path: Path) -> None:
        with RunningEmulator(sample_settings(tmp_path, prewarm=1)) as emulator:
            invoker(emulator)("BehaviourFunction", {"child": "family"})
            family = [int(pid) for pid in (tmp_path / "family").read_text().split()]
            assert all(map(is_running, family))

        wait_until(lambda: not any(map(is_running, family)))

    def test_taken_port_is_named(self, tmp_path: Path) -> None:
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]

            with (
                pytest.raises(PortInUseError, match=str(port)),
                RunningEmulator(sample_settings(tmp_path, port=port)),
            ):
                pass


class TestCommand:
    @pytest.fixture
    def command(self, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
        overrides = tmp_path / "env.json"
        overrides.write_text(json.dumps({"Parameters": {"SCRATCH": str(tmp_path)}}))
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "lambda_emulator"),
                *("--template", str(SAMPLES / "template.yaml"), "--env-vars", str(overrides)),
                *("--port", "0", "--lambda-port", "0", "--parameter", "Colour=blue"),
            ],
            env={**os.environ, "PYTHONPATH": str(ROOT / "local")},
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait(timeout=10)
            assert process.stdout is not None
            process.stdout.close()

    def _address(self, process: subprocess.Popen[str]) -> str:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        process.stdout.readline()
        return url

    def test_interrupt_ends_it_cleanly(
        self, command: subprocess.Popen[str], tmp_path: Path
    ) -> None:
        url = self._address(command)
        answer = httpx.get(f"{url}/items/1", timeout=30).json()

        command.send_signal(signal.SIGINT)

        assert command.wait(timeout=10) == 0
        assert answer["colour"] == "blue"
        assert not is_running(answer["pid"])

    def test_killed_emulator_takes_every_process_with_it(
        self, command: subprocess.Popen[str], tmp_path: Path
    ) -> None:
        url = self._address(command)
        httpx.post(f"{url}/behave", json={"child": "family"}, timeout=30)
        family = [int(pid) for pid in (tmp_path / "family").read_text().split()]

        command.kill()

        wait_until(lambda: not any(map(is_running, family)))
        assert len(family) > 1
