"""An MLflow server: its records in SQLite, its artifacts in S3."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from embedded.folder import DataFolder
from embedded.http import answers
from embedded.ports import HOST
from embedded.supervisor import ServerSpec

ALLOWED_HOSTS = "localhost,localhost:*,127.0.0.1,127.0.0.1:*"


@dataclass(frozen=True)
class Mlflow:
    """An MLflow tracking server and model registry on 127.0.0.1.

    SQLite rather than the PostgreSQL beside it: one process writes, and neither waits for the
    other to start.
    """

    folder: DataFolder
    port: int
    bucket: str
    s3_environment: Mapping[str, str]

    @property
    def url(self) -> str:
        """The tracking address."""
        return f"http://{HOST}:{self.port}"

    def spec(self) -> ServerSpec:
        """Say how to start the server."""
        database = self.folder.path / "mlflow" / "mlflow.db"
        database.parent.mkdir(exist_ok=True)
        return ServerSpec(
            name="MLflow",
            arguments=[
                *(Path(sys.executable).with_name("mlflow"), "server"),
                *("--host", HOST, "--port", str(self.port), "--workers", "1"),
                *("--backend-store-uri", f"sqlite:///{database}"),
                *("--artifacts-destination", f"s3://{self.bucket}/mlflow"),
                *("--allowed-hosts", ALLOWED_HOSTS),
            ],
            ports=[self.port],
            log=self.folder.log("mlflow"),
            is_ready=lambda: answers(self.port, "/health"),
            environment={
                **self.s3_environment,
                # Background jobs cost 1.8 GB of memory, and nothing here asks for them.
                "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
                "MLFLOW_DISABLE_TELEMETRY": "true",
            },
        )
