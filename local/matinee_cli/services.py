"""``matinee services``: the backing servers alone, for work on the functions or with SAM."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Mapping

from embedded import EmbeddedServices, Ports
from matinee_cli.foreground import stay
from matinee_cli.options import add_place_options, choose_ports
from matinee_cli.signals import ending_raises_interrupt
from matinee_cli.welcome import metrics_lines

DESCRIPTION = """\
Start a real PostgreSQL, an S3 server and an MLflow server, and where they are installed Pushgateway
and Prometheus, write down the variables that say where they are, and stay until Ctrl-C. Their data
is kept for the next time.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the subcommand."""
    parser = subparsers.add_parser("services", description=DESCRIPTION)
    add_place_options(parser)


def run(args: argparse.Namespace) -> int:
    """Start the servers and stay."""
    ports = choose_ports(args, Ports())
    with (
        ending_raises_interrupt(),
        EmbeddedServices(args.data_dir, ports=ports, metrics=True) as services,
    ):
        variables = services.folder.write_private("services.env", _as_lines(services.environment))
        print(
            "PostgreSQL, S3 and MLflow are up.",
            *metrics_lines(services),
            f"To use them from a shell:\n  set -a; . {variables}; set +a\nCtrl-C stops them.",
            sep="\n",
            flush=True,
        )
        return stay(services.supervisor)


def _as_lines(variables: Mapping[str, str]) -> str:
    return "".join(f"{name}={shlex.quote(value)}\n" for name, value in variables.items())
