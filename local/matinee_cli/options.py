"""The options that commands share: where the data is, and which ports to use."""

from __future__ import annotations

import argparse
import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from embedded import Ports, PortTakenError
from embedded.ports import is_taken

PROJECT = Path(__file__).resolve().parents[2]

SERVICE_NAMES = {
    "postgres": "PostgreSQL",
    "s3": "S3",
    "mlflow": "MLflow",
    "pushgateway": "the Pushgateway",
    "prometheus": "Prometheus",
    "api": "the API",
    "invoke": "the Lambda Invoke API",
    "ui": "the web page",
}
# Packages of these start them as system services too, so their usual ports are often taken.
YIELDING = ("pushgateway", "prometheus")


@dataclass(frozen=True)
class RunPorts(Ports):
    """The ports of everything that `matinee run` starts."""

    api: int = 8080
    invoke: int = 3001
    ui: int = 8501


AnyPorts = TypeVar("AnyPorts", bound=Ports)


def add_place_options(parser: argparse.ArgumentParser) -> None:
    """Add --data-dir, --port-offset and --pick-ports."""
    parser.add_argument(
        "--data-dir",
        type=Path,
        default=PROJECT / ".matinee",
        metavar="DIR",
        help="keeps data, models, logs and secrets between runs (default: .matinee in the project)",
    )
    ports = parser.add_mutually_exclusive_group()
    ports.add_argument(
        "--port-offset", type=int, default=0, metavar="N", help="add N to every port"
    )
    ports.add_argument(
        "--pick-ports", action="store_true", help="choose another port where one is taken"
    )


def choose_ports(args: argparse.Namespace, defaults: AnyPorts) -> AnyPorts:
    """Apply the options to the usual ports; a taken one fails unless others may be picked.

    Pushgateway and Prometheus take another port in any case.
    """
    if args.pick_ports:
        return defaults.with_taken_replaced()
    ports = defaults.shifted(args.port_offset).with_taken_replaced(YIELDING)
    for name, port in dataclasses.asdict(ports).items():
        if is_taken(port):
            raise PortTakenError(
                port,
                SERVICE_NAMES[name],
                advice="add --port-offset N to shift every port, or --pick-ports to have free ones",
            )
    return ports
