"""A Lambda extension that wants nothing but a signal before its environment ends.

References
----------
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html
"""

from __future__ import annotations

import http.client
import json
import logging
from contextlib import suppress
from threading import Thread

logger = logging.getLogger("matinee.extension")

_NAME = "matinee-metrics"
_PATH = "/2020-01-01/extension"
_REGISTER_SECONDS = 1.0
_LIFETIME_SECONDS = 24 * 3600.0


def ask_for_sigterm(runtime_api: str) -> bool:
    """Register an extension inside the function's process, without any events.

    Lambda ends an environment without a word unless it has an extension. Call this while the
    environment starts: later Lambda takes no registration.

    Parameters
    ----------
    runtime_api : str
        Host and port, the variable `AWS_LAMBDA_RUNTIME_API`.

    Returns
    -------
    bool
        False where the platform has no extensions, which is logged.
    """
    try:
        identifier = _register(runtime_api)
    except (OSError, http.client.HTTPException) as error:
        logger.warning("no signal will come before the end: %s: %s", type(error).__name__, error)
        return False
    Thread(target=_wait, args=(runtime_api, identifier), name="extension", daemon=True).start()
    return True


def _register(runtime_api: str) -> str:
    connection = http.client.HTTPConnection(runtime_api, timeout=_REGISTER_SECONDS)
    try:
        headers = {"Lambda-Extension-Name": _NAME, "Content-Type": "application/json"}
        connection.request("POST", f"{_PATH}/register", json.dumps({"events": []}), headers)
        response = connection.getresponse()
        response.read()
        identifier = response.getheader("Lambda-Extension-Identifier")
        if response.status != 200 or identifier is None:
            raise http.client.HTTPException(f"HTTP {response.status} to the registration")
        return identifier
    finally:
        connection.close()


def _wait(runtime_api: str, identifier: str) -> None:
    # The start of an environment ends when all its extensions ask for their next event. There is
    # none for this one: the answer never comes, which the platform takes for idleness.
    connection = http.client.HTTPConnection(runtime_api, timeout=_LIFETIME_SECONDS)
    with suppress(OSError, http.client.HTTPException):
        headers = {"Lambda-Extension-Identifier": identifier}
        connection.request("GET", f"{_PATH}/event/next", headers=headers)
        connection.getresponse().read()
    connection.close()
