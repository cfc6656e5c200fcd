"""The compose file's settings, and what they mean to the functions."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from matinee.errors import ConfigurationError

BUCKET = "matinee-models"
REGION = "us-east-1"
USUAL_PATH = Path(__file__).parents[1] / ".env"
EXAMPLE = Path(__file__).parents[1] / ".env.example"


@dataclass(frozen=True, repr=False)
class Settings:
    """What `local/.env` says; holds secrets."""

    path: Path
    values: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        """Return a setting that must be there."""
        try:
            return self.values[name]
        except KeyError:
            raise ConfigurationError(f"{name} is not set in {self.path}") from None

    def port(self, name: str) -> int:
        """Return the port of a service, for example S3."""
        return int(self[f"{name}_PORT"])

    @property
    def aws_environment(self) -> dict[str, str]:
        """Credentials of MinIO, where AWS's tools look for AWS's."""
        return {
            "AWS_ACCESS_KEY_ID": self["MINIO_ROOT_USER"],
            "AWS_SECRET_ACCESS_KEY": self["MINIO_ROOT_PASSWORD"],
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
        }

    @property
    def host_environment(self) -> dict[str, str]:
        """Variables that lead a program on this machine to the services."""
        return {
            **self.aws_environment,
            **self._addresses(
                postgres=f"localhost:{self.port('POSTGRES')}",
                s3=f"localhost:{self.port('S3')}",
                mlflow=f"localhost:{self.port('MLFLOW')}",
                pushgateway=f"localhost:{self.port('PUSHGATEWAY')}",
            ),
        }

    @property
    def network_environment(self) -> dict[str, str]:
        """Variables that lead a container on the services' network to them."""
        return self._addresses(
            postgres="postgres:5432",
            s3="minio:9000",
            mlflow="mlflow:5000",
            pushgateway="pushgateway:9091",
        )

    def _addresses(
        self, *, postgres: str, s3: str, mlflow: str, pushgateway: str
    ) -> dict[str, str]:
        with_metrics = "metrics" in self["COMPOSE_PROFILES"].split(",")
        return {
            "DATABASE_URL": f"postgresql://matinee:{self['POSTGRES_PASSWORD']}@{postgres}/matinee",
            "AWS_ENDPOINT_URL_S3": f"http://{s3}",
            "MODEL_BUCKET": BUCKET,
            "MLFLOW_TRACKING_URI": f"http://{mlflow}",
            "PUSHGATEWAY_URL": f"http://{pushgateway}" if with_metrics else "",
            "ADMIN_TOKEN": self["ADMIN_TOKEN"],
        }


def read_settings(path: Path = USUAL_PATH) -> Settings:
    """Read the settings, made from the example with new secrets when there are none yet."""
    if not path.exists():
        _write_first(path)
    return Settings(path, dict(_assignments(path.read_text())))


def _write_first(path: Path) -> None:
    lines = [
        line + secrets.token_urlsafe(24)
        if line.endswith("=") and not line.startswith("#")
        else line
        for line in EXAMPLE.read_text().splitlines()
    ]
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write("\n".join(lines) + "\n")
    print(f"Made {path} with new secrets.", flush=True)


def _assignments(text: str) -> list[tuple[str, str]]:
    found = []
    for line in text.splitlines():
        name, is_assignment, value = line.partition("=")
        if is_assignment and not name.lstrip().startswith("#"):
            found.append((name.strip(), value.strip()))
    return found
