"""``matinee replay``: plays the past of a data set again through the real functions."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from dataset_import.packaged import PACKAGED
from dataset_import.progress import Progress
from dataset_import.source import Source
from dataset_import.sources import open_source
from embedded import EmbeddedServices
from embedded.supervisor import Supervisor
from matinee.settings import ModelStoreSettings
from matinee_cli.api_client import ApiClient
from matinee_cli.import_ratings import add_source_options, source_options
from matinee_cli.options import PROJECT, RunPorts
from matinee_cli.servers import ADMIN_TOKEN_SECRET, emulator_spec
from matinee_cli.signals import ending_raises_interrupt
from replay.folder import prepare_folder, prepare_output
from replay.ratings import DatedRatings, beginning, read_ratings
from replay.results import Results
from replay.run import Place, Replay
from replay.table import step_line
from replay.variables import read_variables
from replay.versions import Versions
from replay.windows import Window, cut_windows, parse_date, parse_step

DESCRIPTION = """\
Play the past of a data set again, step by step, through the real functions on servers of its own:
import the ratings up to a date and train; then, for each step of time, ask for the lists of those
who are about to rate, let their ratings arrive, measure drift, retrain when drift asks for it, and
compare the lists with what was rated. The same is measured for the first model, never retrained.

SOURCE is what `matinee import` takes; every rating needs a time.
"""
EPILOG = """\
examples
  matinee replay --from 2000-01-01 --step 13w
  matinee replay ml-latest-small --from 2010-01-01 --until 2015-01-01 --step 26w
  matinee replay ratings.csv --from 2024-01-01 --step 7d --retrain never \\
    --variable 'DRIFT_THRESHOLDS={"rating": 0.3}' --output strict

docs/replay.md explains the columns, and how to choose thresholds.
"""
# Years pass within minutes here, and an answer in time is not what a replay is about.
OVERRIDES = {
    "DATABASE_TIMEOUT_MS": "30000",
    "DRIFT_TRAINING_PERIOD_HOURS": "0",
    "MODEL_REFRESH_SECONDS": "0",
    "MODEL_STORE_TIMEOUT_SECONDS": "30",
}


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the subcommand."""
    parser = subparsers.add_parser(
        "replay",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("source", nargs="?", default=PACKAGED, metavar="SOURCE")
    _add_time_options(parser)
    parser.add_argument("--n", type=_length, default=10, help="length of the lists (%(default)s)")
    parser.add_argument(
        "--retrain",
        choices=["drift", "always", "never"],
        default="drift",
        help="train when drift asks for it, after every step, or never (default: %(default)s)",
    )
    parser.add_argument(
        "--variable",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="environment variable of the functions, DRIFT_MIN_RATINGS=200 for one",
    )
    _add_folder_options(parser)
    add_source_options(parser)


def _add_time_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--from",
        dest="begin",
        required=True,
        metavar="DATE",
        help="the day that the first step begins; the first model learns from what is older",
    )
    parser.add_argument(
        "--until", metavar="DATE", help="the day before which the last step ends (default: all)"
    )
    parser.add_argument(
        "--step", default="13w", help="length of a step, such as 13w or 30d (default: %(default)s)"
    )


def _add_folder_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data-dir",
        type=Path,
        default=PROJECT / ".matinee" / "replay",
        metavar="DIR",
        help="holds the replay's own servers, models, drift reports and logs "
        "(default: .matinee/replay in the project)",
    )
    parser.add_argument(
        "--output",
        type=Path,
        metavar="DIR",
        help="where table, plot and Parquet files go (default: results in the folder above)",
    )
    parser.add_argument(
        "--overwrite", action="store_true", help="replace an earlier replay and its results"
    )


def run(args: argparse.Namespace) -> int:
    """Replay, and show what came of it."""
    begin, step = parse_date(args.begin), parse_step(args.step)
    until = parse_date(args.until) if args.until else None
    variables = _variables(args)
    output = args.output or args.data_dir / "results"
    with (
        ending_raises_interrupt(),
        open_source(args.source, source_options(args), Progress().download) as source,
    ):
        _say(source.notice or f"Reading {source.name} ...")
        ratings = read_ratings(source, Progress())
        windows = cut_windows(begin, until or ratings.ends, step)
        known = beginning(source, ratings, begin)
        prepare_folder(args.data_dir, _settings(args, variables), overwrite=args.overwrite)
        prepare_output(output, overwrite=args.overwrite)
        title = f"{source.name} from {args.begin}, steps of {args.step}, retrain: {args.retrain}"
        results = Results(output, n=args.n, title=title)
        _replay(args, known, ratings, windows, variables, results)
    return 0


def _variables(args: argparse.Namespace) -> dict[str, str]:
    """Return the functions' variables; drift starts trainings only where it decides on them."""
    decides = {} if args.retrain == "drift" else {"TRAIN_FUNCTION_NAME": ""}
    given = read_variables(args.variable, PROJECT / "template.yaml")
    return {**OVERRIDES, **decides, **given}


def _settings(args: argparse.Namespace, variables: Mapping[str, str]) -> dict[str, object]:
    """Return what the folder shall remember of this replay."""
    names = ("source", "begin", "until", "step", "n", "retrain")
    return {name: getattr(args, name) for name in names} | {"variables": dict(variables)}


def _replay(
    args: argparse.Namespace,
    known: Source,
    ratings: DatedRatings,
    windows: Sequence[Window],
    variables: Mapping[str, str],
    results: Results,
) -> None:
    """Start servers, bring in what is older than the first window, train, and play."""
    ports = RunPorts.free()
    _say(f"Starting PostgreSQL, S3 and MLflow (data and logs in {args.data_dir}) ...")
    with EmbeddedServices(args.data_dir, ports=ports, await_mlflow=False) as services:
        folder, environment = services.folder, services.environment
        place = Place(environment["DATABASE_URL"], folder.path / "rejects.csv")
        _say(f"Importing the catalogue and what was rated before {args.begin} ...")
        place.store(known)
        services.supervisor.start(emulator_spec(services, ports, overrides=variables))
        services.supervisor.wait_until_ready()
        # The reader of the bucket takes its credentials from the environment, as in a function.
        os.environ.update({k: v for k, v in environment.items() if k.startswith("AWS_")})
        versions = Versions(
            ModelStoreSettings.from_environment(environment), folder.path / "versions"
        )
        with ApiClient(ports.api, folder.secret(ADMIN_TOKEN_SECRET)) as api:
            replay = Replay(
                api, versions, place, ratings, name=known.name, n=args.n, retrain=args.retrain
            )
            _say("Training the first model ...")
            _say(f"  {replay.begin().version}")
            play(replay, windows, results, services.supervisor)


def play(
    replay: Replay, windows: Sequence[Window], results: Results, supervisor: Supervisor
) -> None:
    """Play all windows; however that ends, show and keep the steps that are done."""
    try:
        for window in windows:
            supervisor.check()
            results.add(replay.step(window))
            _say(step_line(results.steps[-1], len(windows)))
    except KeyboardInterrupt:
        _say("Interrupted: what is done is kept.")
        raise
    finally:
        if results.steps:
            _say(f"\n{results.finish()}\n\nTable, plot and Parquet are in {results.folder}")


def _length(text: str) -> int:
    if not (text.isdigit() and 1 <= int(text) <= 100):
        raise argparse.ArgumentTypeError(f"{text} is not a number from 1 to 100")
    return int(text)


def _say(text: str) -> None:
    print(text, flush=True)
