"""The command line: one subcommand a file, imported only when it is the one that is called."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from typing import Protocol, cast

from matinee.errors import MatineeError
from matinee_cli.proxies import keep_off_proxies

DESCRIPTION = "Matinee: a movie recommender made of serverless functions, here on one machine."
INTERRUPTED = 130  # what a shell answers for a program that Ctrl-C ended

# Name -> (module, one line for the list of commands).
COMMANDS = {
    "run": ("matinee_cli.run", "start everything on this machine, until Ctrl-C"),
    "services": ("matinee_cli.services", "start PostgreSQL, S3 and MLflow only, until Ctrl-C"),
    "compose": ("matinee_cli.compose", "the services in containers: up, down"),
    "sam": ("matinee_cli.sam", "run AWS SAM against the services in containers"),
    "import": ("matinee_cli.import_ratings", "load movies and ratings into PostgreSQL"),
    "replay": ("matinee_cli.replay", "play the past of a data set again, and see drift"),
    "invoke": ("matinee_cli.invoke", "invoke a function directly with an event"),
    "publish": ("matinee_cli.publish", "let a model that DVC trained serve"),
    "migrate": ("matinee_cli.migrate", "bring the tables in PostgreSQL up to date"),
}


class Command(Protocol):
    """What the module of a subcommand provides."""

    def add_parser(self, subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
        """Describe the subcommand and its options."""

    def run(self, args: argparse.Namespace) -> int:
        """Do the work and return the exit status."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command that the arguments name and return its exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(
        prog="matinee",
        description=DESCRIPTION,
        epilog="`matinee COMMAND --help` tells the options of one command.",
    )
    subparsers = parser.add_subparsers(metavar="COMMAND", required=True)
    command = _add_commands(subparsers, called=arguments[0] if arguments else "")
    args = parser.parse_args(arguments)
    assert command is not None  # parse_args accepts no other name
    keep_off_proxies()
    try:
        return command.run(args)
    except MatineeError as error:
        print(f"matinee: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED


def _add_commands(
    subparsers: argparse._SubParsersAction[argparse.ArgumentParser], *, called: str
) -> Command | None:
    """List every command; import the called one, which brings its options."""
    found = None
    for name, (module, summary) in COMMANDS.items():
        if name == called:
            found = cast(Command, importlib.import_module(module))
            found.add_parser(subparsers)
        else:
            subparsers.add_parser(name, help=summary)
    return found
