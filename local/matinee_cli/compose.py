"""``matinee compose``: the services in containers, with ratings and a model in them."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Mapping
from dataclasses import dataclass

import boto3

from containers import Compose, Settings
from containers.settings import BUCKET, read_settings
from embedded.folder import DataFolder
from embedded.supervisor import Supervisor
from matinee.stores.model_store import CHAMPION_KEY
from matinee.stores.schema import migrate
from matinee_cli.api_client import ApiClient
from matinee_cli.first_run import import_ratings_once, train_first_model
from matinee_cli.options import PROJECT, RunPorts
from matinee_cli.servers import emulator_spec

DESCRIPTION = """\
up starts the services of local/docker-compose.yml, imports the packaged MovieLens ratings and
trains a model the first time. down stops them; data and models stay in their volumes.
"""


@dataclass(frozen=True)
class ContainerServices:
    """The services in containers, as programs on this machine reach them."""

    folder: DataFolder
    environment: Mapping[str, str]


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the subcommand."""
    parser = subparsers.add_parser("compose", description=DESCRIPTION)
    parser.add_argument("action", choices=["up", "down"])
    parser.add_argument("--volumes", action="store_true", help="down removes the data too")


def run(args: argparse.Namespace) -> int:
    """Start or stop the services."""
    settings = read_settings()
    compose = Compose(settings)
    if args.action == "down":
        compose.down(with_data=args.volumes)
        return 0
    compose.up()
    fill(settings, DataFolder(PROJECT / ".matinee" / "compose"))
    print(_addresses(settings), flush=True)
    return 0


def fill(settings: Settings, folder: DataFolder) -> None:
    """Bring the tables up to date; import ratings and train a model unless they are there."""
    services = ContainerServices(folder, settings.host_environment)
    folder.acquire()
    try:
        lines = (f"{name}={shlex.quote(text)}\n" for name, text in services.environment.items())
        folder.write_private("services.env", "".join(lines))
        migrate(services.environment["DATABASE_URL"])
        import_ratings_once(services)
        if not _has_champion(settings):
            _train(services, settings["ADMIN_TOKEN"])
    finally:
        folder.release()


def _train(services: ContainerServices, admin_token: str) -> None:
    """Train in the emulator, which needs no image; SAM's train function does the same."""
    ports = RunPorts.free()
    supervisor = Supervisor()
    try:
        supervisor.start(emulator_spec(services, ports))
        supervisor.wait_until_ready()
        with ApiClient(ports.api, admin_token) as api:
            train_first_model(api)
    finally:
        supervisor.stop()


def _has_champion(settings: Settings) -> bool:
    environment = settings.host_environment
    client = boto3.client(
        "s3",
        endpoint_url=environment["AWS_ENDPOINT_URL_S3"],
        region_name=environment["AWS_REGION"],
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
    )
    listed = client.list_objects_v2(Bucket=BUCKET, Prefix=CHAMPION_KEY, MaxKeys=1)
    client.close()
    return bool(listed.get("Contents"))


def _addresses(settings: Settings) -> str:
    def line(label: str, port: str, path: str = "") -> str:
        return f"  {label:11} http://localhost:{settings.port(port)}{path}"

    profiles = settings["COMPOSE_PROFILES"].split(",")
    optional = {
        "metrics": ("Prometheus", "PROMETHEUS"),
        "grafana": ("Grafana", "GRAFANA"),
        "pgadmin": ("pgAdmin", "PGADMIN"),
        "dashboard": ("Web page", "DASHBOARD"),
    }
    return "\n".join(
        [
            f"  PostgreSQL  localhost:{settings.port('POSTGRES')}",
            line("S3", "S3"),
            line("S3 console", "S3_CONSOLE"),
            line("MLflow", "MLFLOW"),
            *(line(*optional[profile]) for profile in profiles if profile in optional),
            "",
            f"  Passwords and the admin token are in {settings.path}",
            "  `make sam` serves the API, `make compose-down` stops the services.",
        ]
    )
