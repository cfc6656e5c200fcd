"""Handlers that do what the event asks for, good or bad."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path


def echo(event, context):
    """Return the event and what can be seen of the surroundings."""
    import sample_layer

    sys.stdout.write("echo was called\n")
    return {
        "event": event,
        "pid": os.getpid(),
        "cwd": str(Path.cwd()),
        "colour": os.environ["COLOUR"],
        "layer": sample_layer.NAME,
        "request_id": context.aws_request_id,
        "function_arn": context.invoked_function_arn,
        "remaining_ms": context.get_remaining_time_in_millis(),
        "variables": {
            name: os.environ.get(name)
            for name in (
                "AWS_LAMBDA_FUNCTION_NAME",
                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
                "AWS_REGION",
            )
        },
    }


def sleep(event, context):
    """Answer, but late."""
    time.sleep(0.6)
    Path(os.environ["SCRATCH"], "slow-done").touch()
    return {"pid": os.getpid()}


def handler(event, context):
    """Behave as told by the event, or by the body of an HTTP request."""
    order = json.loads(event["body"]) if "body" in event else event
    if "child" in order:
        child = subprocess.Popen(["sleep", "600"])
        Path(os.environ["SCRATCH"], order["child"]).write_text(f"{os.getpid()} {child.pid}")
    if "meet" in order:
        _meet(Path(os.environ["SCRATCH"], order["meet"]), order["people"])
    if "hang" in order:
        Path(os.environ["SCRATCH"], order["hang"]).write_text(str(os.getpid()))
        time.sleep(60)
    if "exit" in order:
        os._exit(order["exit"])
    if "error" in order:
        raise ValueError(order["error"])
    if "write" in order:
        Path(os.environ["SCRATCH"], order["write"]).write_text(context.aws_request_id)
    if "pass_on" in order:
        return _pass_on(order["pass_on"])
    return {"pid": os.getpid(), "bytes": "x" * order.get("bytes", 0)}


def _meet(folder, people):
    """Wait until as many environments as `people` are here at the same time."""
    folder.mkdir(exist_ok=True)
    (folder / str(os.getpid())).touch()
    while len(list(folder.iterdir())) < people:
        time.sleep(0.005)


def _pass_on(order):
    """Invoke this function again, asynchronously, through the AWS SDK."""
    import boto3

    answer = boto3.client("lambda").invoke(
        FunctionName=os.environ["AWS_LAMBDA_FUNCTION_NAME"],
        InvocationType="Event",
        Payload=json.dumps(order),
    )
    return {"status": answer["StatusCode"]}
