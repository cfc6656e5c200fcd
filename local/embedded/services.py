"""The servers together, as one thing to start and stop."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

from embedded.folder import DataFolder
from embedded.mlflow import Mlflow
from embedded.ports import Ports
from embedded.postgres import Postgres
from embedded.prometheus import Prometheus, find_prometheus
from embedded.pushgateway import Pushgateway, find_pushgateway
from embedded.s3 import BUCKET, S3
from embedded.supervisor import Supervisor


class EmbeddedServices:
    """PostgreSQL, S3 and MLflow with their data in one folder; Pushgateway and Prometheus if there.

    A context manager: the servers answer inside the block and are gone after it. Leave one out by
    saying so; MLflow needs S3. `supervisor` may start further servers that must end with these.
    Without `await_mlflow` the slowest of the three may still be coming up when the block begins.
    `metrics` adds Pushgateway and Prometheus where they are installed: no Python package has them.
    """

    def __init__(
        self,
        folder: Path,
        *,
        ports: Ports | None = None,
        postgres: bool = True,
        s3: bool = True,
        mlflow: bool = True,
        await_mlflow: bool = True,
        metrics: bool = False,
    ) -> None:
        ports = ports or Ports()
        self.folder = DataFolder(folder)
        self.supervisor = Supervisor()
        self._await_mlflow = await_mlflow
        self.postgres = Postgres(self.folder, ports.postgres) if postgres else None
        self.s3 = S3(self.folder, ports.s3) if s3 or mlflow else None
        self.mlflow = (
            Mlflow(self.folder, ports.mlflow, BUCKET, self.s3.environment)
            if mlflow and self.s3
            else None
        )
        gateway, prometheus = find_pushgateway(), find_prometheus()
        self.pushgateway = (
            Pushgateway(self.folder, ports.pushgateway, gateway) if metrics and gateway else None
        )
        self.prometheus = (
            Prometheus(self.folder, ports.prometheus, prometheus, ports.pushgateway)
            if self.pushgateway and prometheus
            else None
        )

    @property
    def environment(self) -> dict[str, str]:
        """The variables that say where these servers are; holds the database's password."""
        variables = {}
        if self.postgres:
            variables["DATABASE_URL"] = self.postgres.url
        if self.s3:
            variables |= {**self.s3.environment, "MODEL_BUCKET": BUCKET}
        if self.mlflow:
            variables["MLFLOW_TRACKING_URI"] = self.mlflow.url
        if self.pushgateway:
            variables["PUSHGATEWAY_URL"] = self.pushgateway.url
        return variables

    def start(self) -> None:
        """Start the servers side by side, wait for all; a failure leaves none running."""
        self.supervisor = Supervisor(inherited=[self.folder.acquire()])
        try:
            # The slowest first, so that it comes up while the others are made ready.
            mlflow, *servers = [
                self.supervisor.start(service.spec()) if service else None
                for service in self._services()
            ]
            for server in [*servers, mlflow if self._await_mlflow else None]:
                if server:
                    server.wait_until_ready()
            if self.s3:
                self.s3.ensure_bucket()
            if self.postgres:
                self.postgres.ensure_database()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop the servers, the last one started first."""
        try:
            self.supervisor.stop()
        finally:
            self.folder.release()

    def _services(self) -> list[Mlflow | S3 | Postgres | Pushgateway | Prometheus | None]:
        return [self.mlflow, self.s3, self.postgres, self.pushgateway, self.prometheus]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()
