"""How to start what stands on the backing servers: the functions and the web page."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from embedded.folder import DataFolder
from embedded.http import answers
from embedded.ports import HOST
from embedded.supervisor import ServerSpec
from git_revision import git_revision
from matinee_cli.options import PROJECT, RunPorts

ADMIN_TOKEN_SECRET = "admin-token"
DEAD_LETTERS = "dead-letters.jsonl"
# Here the machine is the limit, which a training looks at too.
MOST_LAMBDA_MEMORY_MB = 10_240


class BackingServices(Protocol):
    """What the functions stand on: embedded servers or containers."""

    @property
    def folder(self) -> DataFolder:
        """Where logs and secrets are kept."""

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables that say where the services are."""


def emulator_spec(
    services: BackingServices,
    ports: RunPorts,
    *,
    parameters: Sequence[str] = (),
    overrides: Mapping[str, str] | None = None,
) -> ServerSpec:
    """Say how to run the functions of the template, with NAME=VALUE parameters of its own.

    `overrides` are variables of the functions that shall be other than in the template.
    """
    folder = services.folder
    variables = _write_variables(services, ports, overrides or {})
    return ServerSpec(
        name="The emulator of Lambda and API Gateway",
        arguments=[
            *(sys.executable, "-m", "lambda_emulator"),
            *("--template", PROJECT / "template.yaml", "--env-vars", variables),
            *("--parameter", f"TrainMemory={MOST_LAMBDA_MEMORY_MB}"),
            *("--port", str(ports.api), "--lambda-port", str(ports.invoke)),
            *("--dead-letters", folder.path / DEAD_LETTERS),
            *(f"--parameter={parameter}" for parameter in parameters),
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
        environment={
            "API_URL": f"http://{HOST}:{ports.api}",
            "MLFLOW_URL": f"http://localhost:{ports.mlflow}",  # opened by the browser
        },
    )


def _write_variables(
    services: BackingServices, ports: RunPorts, overrides: Mapping[str, str]
) -> Path:
    """Write the functions' variables where only this user reads them: secrets are among them."""
    folder = services.folder
    variables = {
        "ADMIN_TOKEN": folder.secret(ADMIN_TOKEN_SECRET),
        **services.environment,
        "AWS_ENDPOINT_URL_LAMBDA": f"http://{HOST}:{ports.invoke}",
        "GIT_REVISION": git_revision(PROJECT) or "",
        "MODEL_CACHE_DIR": str(folder.path / "model-cache"),
        "SURPRISE_DATA_FOLDER": str(folder.path / "surprise"),
        **overrides,
    }
    return folder.write_private("functions.json", json.dumps({"Parameters": variables}))


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0
