"""``matinee run``: everything on this machine, from nothing to recommendations."""

from __future__ import annotations

import argparse
import time

from embedded import EmbeddedServices
from embedded.s3 import BUCKET
from matinee.stores.model_store import CHAMPION_KEY
from matinee.stores.schema import migrate
from matinee_cli.api_client import ApiClient
from matinee_cli.first_run import import_ratings_once, train_first_model
from matinee_cli.foreground import stay
from matinee_cli.options import RunPorts, add_place_options, choose_ports
from matinee_cli.servers import ADMIN_TOKEN_SECRET, emulator_spec, page_spec
from matinee_cli.signals import ending_raises_interrupt
from matinee_cli.welcome import addresses, recommendations

DESCRIPTION = """\
Start PostgreSQL, S3, MLflow, the functions behind their API, and the web page; Pushgateway and
Prometheus too where they are installed. The first time, import the packaged MovieLens ratings and
train a model; later starts keep both. Ctrl-C stops all.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the subcommand."""
    parser = subparsers.add_parser("run", description=DESCRIPTION)
    add_place_options(parser)
    parser.add_argument("--no-ui", action="store_true", help="leave out the web page")
    parser.add_argument(
        "--no-metrics", action="store_true", help="leave out Pushgateway and Prometheus"
    )
    parser.add_argument(
        "--schedules",
        action="store_true",
        help="run the schedules of template.yaml too; short for --parameter Schedules=enabled",
    )
    parser.add_argument(
        "--parameter",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="value of a parameter of template.yaml, 'TrainSchedule=rate(1 hour)' for one",
    )


def run(args: argparse.Namespace) -> int:
    """Start everything and stay."""
    started = time.monotonic()
    ports = choose_ports(args, RunPorts())
    parameters = [*(["Schedules=enabled"] if args.schedules else []), *args.parameter]
    with_page, with_metrics = not args.no_ui, not args.no_metrics
    with ending_raises_interrupt():
        _say(f"Starting PostgreSQL, S3 and MLflow (data and logs in {args.data_dir}) ...")
        with EmbeddedServices(
            args.data_dir, ports=ports, await_mlflow=False, metrics=with_metrics
        ) as services:
            _prepare(services, ports, parameters, with_page=with_page)
            _say(f"Up after {time.monotonic() - started:.0f} s.\n")
            if "Schedules=enabled" in parameters:
                _say(f"Schedules are on; {services.folder.logs / 'emulator.log'} lists them.\n")
            shown = {"with_page": with_page, "with_metrics": with_metrics}
            _say(addresses(ports, services, **shown))
            return stay(services.supervisor)


def _prepare(
    services: EmbeddedServices, ports: RunPorts, parameters: list[str], *, with_page: bool
) -> None:
    """Bring up what stands on the backing servers, and what they must hold for it."""
    migrate(services.environment["DATABASE_URL"])
    import_ratings_once(services)
    services.supervisor.start(emulator_spec(services, ports, parameters=parameters))
    if with_page:
        services.supervisor.start(page_spec(services.folder, ports))
    services.supervisor.wait_until_ready()
    assert services.s3 is not None
    with ApiClient(ports.api, services.folder.secret(ADMIN_TOKEN_SECRET)) as api:
        if not services.s3.holds(BUCKET, CHAMPION_KEY):
            train_first_model(api)
        api.wait_until_ready(services.supervisor)
        _say(recommendations(api))


def _say(text: str) -> None:
    print(text, flush=True)
