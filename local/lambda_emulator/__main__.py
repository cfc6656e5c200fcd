"""``python -m lambda_emulator``: run a SAM template on this machine."""

import argparse
import asyncio
import json
import os
import sys
from pathlib import Path

from lambda_emulator.errors import EmulatorError, TemplateError
from lambda_emulator.functions import Overrides
from lambda_emulator.server import Emulator, EmulatorSettings, serve
from lambda_emulator.template import Place

_DESCRIPTION = """\
Run the functions of a SAM template on this machine: every handler under the real AWS runtime
client (awslambdaric) in processes of its own, behind an HTTP API and Lambda's Invoke API.
"""
_EXAMPLE = """\
example:
  python -m lambda_emulator --template template.yaml --env-vars local.json --parameter Stage=local
  curl http://127.0.0.1:8080/
  aws lambda invoke --endpoint-url http://127.0.0.1:3001 --function-name MyFunction out.json

The file of --env-vars is that of `sam local`: {"MyFunction": {"NAME": "value"}}, or "Parameters"
in place of a function's name for all of them. Only variables that the template declares are set.
"""


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the result is its exit code."""
    options = _parser().parse_args(arguments)
    try:
        asyncio.run(serve(_settings(options), on_started=_announce))
    except EmulatorError as error:
        print(f"lambda_emulator: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m lambda_emulator",
        description=_DESCRIPTION,
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--template", type=Path, default=Path("template.yaml"), help="SAM template (%(default)s)")
    add(
        "--parameter",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="value of a template parameter; may be given more than once",
    )
    add("--env-vars", type=Path, metavar="FILE", help="JSON file of environment overrides")
    add("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    add("--port", type=int, default=8080, help="port of the HTTP API (%(default)s)")
    add("--lambda-port", type=int, default=3001, help="port of the Invoke API (%(default)s)")
    add("--region", default="us-east-1", help="region the functions see (%(default)s)")
    add("--stack-name", default="local", help="value of AWS::StackName (%(default)s)")
    add(
        "--max-environments",
        type=int,
        default=EmulatorSettings.max_environments,
        help="processes per function; further calls wait (%(default)s)",
    )
    add(
        "--prewarm",
        type=int,
        default=0,
        metavar="N",
        help="environments of each function to start at once (%(default)s)",
    )
    add(
        "--dead-letters",
        type=Path,
        default=EmulatorSettings.dead_letters,
        metavar="FILE",
        help="where events are kept that were given up, a line each (%(default)s)",
    )
    add(
        "--sqs-endpoint",
        default=os.environ.get("AWS_ENDPOINT_URL_SQS"),
        metavar="URL",
        help="server for the template's queues, which then get such events too "
        "(the variable AWS_ENDPOINT_URL_SQS)",
    )
    return parser


def _settings(options: argparse.Namespace) -> EmulatorSettings:
    return EmulatorSettings(
        template=options.template,
        parameters=dict(_pair(text) for text in options.parameter),
        overrides=_read_overrides(options.env_vars) if options.env_vars else {},
        host=options.host,
        port=options.port,
        lambda_port=options.lambda_port,
        place=Place(region=options.region, stack_name=options.stack_name),
        max_environments=options.max_environments,
        prewarm=options.prewarm,
        dead_letters=options.dead_letters,
        sqs_endpoint=options.sqs_endpoint or None,
    )


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise TemplateError(f"--parameter needs NAME=VALUE, not {text!r}")
    return name, value


def _read_overrides(path: Path) -> Overrides:
    try:
        overrides = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise TemplateError(f"cannot read the environment overrides {path}: {error}") from error
    if not isinstance(overrides, dict) or not all(isinstance(v, dict) for v in overrides.values()):
        raise TemplateError(f"{path} must hold an object of objects, function by function")
    return {
        name: {key: str(value) for key, value in variables.items()}
        for name, variables in overrides.items()
    }


def _announce(emulator: Emulator) -> None:
    if emulator.http_url:
        print(f"HTTP API           {emulator.http_url}", flush=True)
    print(f"Lambda Invoke API  {emulator.lambda_url}", flush=True)
    for schedule in emulator.schedules:
        print(f"Schedule           {schedule.name}: {schedule.written}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
