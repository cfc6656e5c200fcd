from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import psutil
import pytest

from embedded.supervisor import ServerSpec, Supervisor
from matinee.errors import UnavailableError

WAIT_FOR_SIGNAL = "import signal; print('up', flush=True); signal.pause()"
IGNORE_SIGTERM = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {WAIT_FOR_SIGNAL}"


def python_server(code: str, log: Path, **settings: object) -> ServerSpec:
    defaults = {"is_ready": lambda: log.exists() and "up" in log.read_text(), "ports": [1]}
    return ServerSpec("Test", [sys.executable, "-c", code], log=log, **{**defaults, **settings})


def test_server_that_ends_early_is_reported_with_its_status_port_and_log(tmp_path: Path) -> None:
    supervisor = Supervisor()
    spec = python_server("print('no disk'); raise SystemExit(3)", tmp_path / "log", ports=[4321])
    server = supervisor.start(spec)
    with pytest.raises(UnavailableError, match=r"(?s)Test \(port 4321\) .*status 3.*no disk"):
        server.wait_until_ready()


def test_server_that_never_answers_is_reported_after_its_deadline(tmp_path: Path) -> None:
    supervisor = Supervisor()
    spec = python_server(
        WAIT_FOR_SIGNAL, tmp_path / "log", is_ready=lambda: False, start_seconds=0.2
    )
    server = supervisor.start(spec)
    try:
        with pytest.raises(UnavailableError, match="did not answer within"):
            server.wait_until_ready()
    finally:
        supervisor.stop()


def test_stop_ends_a_server_that_ignores_its_signal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embedded.supervisor.STOP_SECONDS", 0.2)
    supervisor = Supervisor()
    server = supervisor.start(python_server(IGNORE_SIGTERM, tmp_path / "log"))
    server.wait_until_ready()
    supervisor.stop()
    assert not psutil.pid_exists(server.process.pid)
    assert server.process.returncode == -signal.SIGKILL


def test_check_names_the_server_that_died(tmp_path: Path) -> None:
    supervisor = Supervisor()
    server = supervisor.start(python_server(WAIT_FOR_SIGNAL, tmp_path / "log"))
    server.wait_until_ready()
    supervisor.check()
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait()
    with pytest.raises(UnavailableError, match="Test .*ended with status -9"):
        supervisor.check()
    supervisor.stop()


def test_server_does_not_see_the_users_own_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "the-company")
    monkeypatch.setenv("PGHOST", "the-company")
    log = tmp_path / "log"
    code = f"import os; print(sorted(os.environ), flush=True); {WAIT_FOR_SIGNAL}"
    supervisor = Supervisor()
    supervisor.start(python_server(code, log, environment={"OURS": "1"})).wait_until_ready()
    supervisor.stop()
    assert "'OURS'" in log.read_text()
    assert "AWS_PROFILE" not in log.read_text()
    assert "PGHOST" not in log.read_text()
