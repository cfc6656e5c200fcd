"""``matinee invoke``: call one function directly, without HTTP."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]

_DEFAULT_ENDPOINT = "http://127.0.0.1:3001"
# Lambda's own longest timeout; the function's is shorter, and is kept by who runs it.
_LONGEST_CALL_SECONDS = 900
_SUFFIX = "function"


def add_parser(subparsers: Subparsers) -> None:
    """Declare the subcommand."""
    parser = subparsers.add_parser(
        "invoke",
        help="call a function directly with an event",
        description="Call a function directly with an event and print what it returns, as JSON. "
        "The exit code is 1 if the function failed.",
        epilog="example: matinee invoke train --event events/schedule-train.json",
    )
    parser.add_argument("function", help="its name, such as train (for TrainFunction)")
    parser.add_argument(
        "--event",
        metavar="FILE",
        help="JSON file with the event, or - for standard input (an empty event if left out)",
    )
    parser.add_argument(
        "--endpoint",
        default=os.environ.get("AWS_ENDPOINT_URL_LAMBDA") or _DEFAULT_ENDPOINT,
        help="address of Lambda's Invoke API (%(default)s)",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Call the function; the result is the exit code."""
    # Imported here, because the other subcommands should not wait for it.
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        event = _read_event(args.event)
        client = _client(args.endpoint)
        answer = client.invoke(FunctionName=_find(client, args.function), Payload=event)
        payload = answer["Payload"].read()
    except (_EventError, ClientError) as error:
        print(f"matinee invoke: {error}", file=sys.stderr)
        return 1
    except BotoCoreError as error:
        print(
            f"matinee invoke: nothing answers at {args.endpoint} ({error}); "
            "start the functions with `matinee run`, or say where they are with --endpoint",
            file=sys.stderr,
        )
        return 1
    _print_json(payload)
    return 1 if answer.get("FunctionError") else 0


class _EventError(Exception):
    """The event cannot be sent."""


def _read_event(source: str | None) -> bytes:
    if source is None:
        return b"{}"
    try:
        text = sys.stdin.read() if source == "-" else Path(source).read_text(encoding="utf-8")
        json.loads(text)
    except OSError as error:
        raise _EventError(f"cannot read the event {source}: {error.strerror}") from error
    except ValueError as error:
        raise _EventError(f"the event {source} is not valid JSON: {error}") from error
    return text.encode()


def _client(endpoint: str) -> LambdaClient:
    import boto3
    from botocore import UNSIGNED
    from botocore.config import Config

    return boto3.client(
        "lambda",
        endpoint_url=endpoint,
        region_name=os.environ.get("AWS_REGION", "us-east-1"),
        config=Config(
            signature_version=UNSIGNED,
            connect_timeout=5,
            read_timeout=_LONGEST_CALL_SECONDS,
            retries={"total_max_attempts": 1},  # a second call would run the function twice
        ),
    )


def _find(client: LambdaClient, wanted: str) -> str:
    """Find the function that is meant; what matches none is passed on as it is."""
    names = [function["FunctionName"] for function in client.list_functions()["Functions"]]
    matches = [name for name in names if _short(name) == _short(wanted)]
    # Stacks put their own name in front: local-train, staging-train.
    matches = matches or [name for name in names if _short(name).endswith(f"-{_short(wanted)}")]
    return matches[0] if len(matches) == 1 else wanted


def _short(name: str) -> str:
    lowered = name.lower()
    return lowered.removesuffix(_SUFFIX) or lowered


def _print_json(payload: bytes) -> None:
    try:
        print(json.dumps(json.loads(payload), indent=2, ensure_ascii=False))
    except ValueError:
        print(payload.decode("utf-8", "replace"))
