"""Asynchronous invocations of a function by itself."""

from __future__ import annotations

import json
from collections.abc import Mapping

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ReadTimeoutError,
    ResponseStreamingError,
)

from matinee.errors import InvokeUnansweredError, InvokeUnavailableError

_TIMEOUT_SECONDS = 5
_LOST_ANSWERS = (ReadTimeoutError, ConnectionClosedError, ResponseStreamingError)
"""The event was sent by then."""


def invoke_later(function_name: str, payload: Mapping[str, object], *, region: str) -> None:
    """Have a function invoked with a payload, after this returns.

    Parameters
    ----------
    function_name : str
        Name of the function.
    payload : mapping
        Its event, as JSON.
    region : str
        AWS region. The endpoint is boto3's affair (`AWS_ENDPOINT_URL_LAMBDA`).

    Raises
    ------
    InvokeUnansweredError
        If the platform may have taken the event.
    InvokeUnavailableError
        If it did not take it.
    """
    config = Config(
        connect_timeout=_TIMEOUT_SECONDS,
        read_timeout=_TIMEOUT_SECONDS,
        # An event that was taken without an answer must not be sent again.
        retries={"total_max_attempts": 1},
    )
    try:
        boto3.client("lambda", region_name=region, config=config).invoke(
            FunctionName=function_name,
            InvocationType="Event",
            Payload=json.dumps(dict(payload)).encode(),
        )
    except (BotoCoreError, ClientError) as error:
        if _may_have_been_taken(error):
            raise InvokeUnansweredError(
                f"{function_name} was perhaps invoked: {type(error).__name__}"
            ) from error
        raise InvokeUnavailableError(
            f"{function_name} cannot be invoked: {type(error).__name__}"
        ) from error


def _may_have_been_taken(error: BotoCoreError | ClientError) -> bool:
    if isinstance(error, ClientError):
        # A gateway on the way may have failed after the platform had the event.
        return int(error.response["ResponseMetadata"]["HTTPStatusCode"]) >= 500
    return isinstance(error, _LOST_ANSWERS)
