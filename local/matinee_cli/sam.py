"""``matinee sam``: AWS SAM, with its functions on the network of the services in containers."""

from __future__ import annotations

import argparse
import os

from containers import sam
from containers.settings import read_settings

DESCRIPTION = """\
Call SAM with what its functions need to reach the services that `make compose` starts.
"""
EPILOG = """\
examples
  matinee sam local start-api
  matinee sam local invoke TrainFunction -e events/schedule-train.json
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the subcommand."""
    parser = subparsers.add_parser(
        "sam",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="as SAM takes them")


def run(args: argparse.Namespace) -> int:
    """Write the functions' variables and become SAM."""
    settings = read_settings()
    sam.write_variables(settings)
    os.chdir(sam.PROJECT)
    command = sam.command(*args.arguments)
    os.execve(command[0], command, sam.environment(settings))
