"""How to start what stands on the backing servers: the functions and the web page."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

from embedded import EmbeddedServices
from embedded.folder import DataFolder
from embedded.http import answers
from embedded.ports import HOST
from embedded.supervisor import ServerSpec
from matinee_cli.options import PROJECT, RunPorts

ADMIN_TOKEN_SECRET = "admin-token"
# Here the machine is the limit, which a training looks at too.
MOST_LAMBDA_MEMORY_MB = 10_240


def emulator_spec(services: EmbeddedServices, ports: RunPorts) -> ServerSpec:
    """Say how to run the functions of the template against these services."""
    folder = services.folder
    variables = _write_variables(services, ports)
    return ServerSpec(
        name="The emulator of Lambda and API Gateway",
        arguments=[
            *(sys.executable, "-m", "lambda_emulator"),
            *("--template", PROJECT / "template.yaml", "--env-vars", variables),
            *("--parameter", f"TrainMemory={MOST_LAMBDA_MEMORY_MB}"),
            *("--port", str(ports.api), "--lambda-port", str(ports.invoke)),
        ],
        ports=[ports.api, ports.invoke],
        log=folder.log("emulator"),
        is_ready=lambda: _listens(ports.api) and _listens(ports.invoke),
        environment=services.environment,  # the functions take AWS's variables from it
    )


def page_spec(folder: DataFolder, ports: RunPorts) -> ServerSpec:
    """Say how to serve the web page."""
    return ServerSpec(
        name="The web page",
        arguments=[
            *(sys.executable, "-m", "streamlit", "run", PROJECT / "ui" / "app.py"),
            *("--server.address", HOST, "--server.port", str(ports.ui)),
            *("--server.headless", "true", "--browser.gatherUsageStats", "false"),
        ],
        ports=[ports.ui],
        log=folder.log("page"),
        is_ready=lambda: answers(ports.ui, "/_stcore/health"),
        environment={"API_URL": f"http://{HOST}:{ports.api}"},
    )


def _write_variables(services: EmbeddedServices, ports: RunPorts) -> Path:
    """Write the functions' variables where only this user reads them: secrets are among them."""
    folder = services.folder
    variables = {
        **services.environment,
        "ADMIN_TOKEN": folder.secret(ADMIN_TOKEN_SECRET),
        "AWS_ENDPOINT_URL_LAMBDA": f"http://{HOST}:{ports.invoke}",
        "MODEL_CACHE_DIR": str(folder.path / "model-cache"),
        "SURPRISE_DATA_FOLDER": str(folder.path / "surprise"),
        "GIT_REVISION": git_revision(PROJECT),
    }
    return folder.write_private("functions.json", json.dumps({"Parameters": variables}))


def git_revision(project: Path) -> str:
    """Name the commit of a project's folder; empty where git cannot tell."""
    if not (project / ".git").exists():  # or git would tell about a repository further up
        return ""
    command = ["git", "-C", str(project)]
    command += ["describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        told = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return told.stdout.strip()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0
