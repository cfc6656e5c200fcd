"""Lambda's API, as far as calling functions needs it, as boto3 and the AWS CLI speak it.

References
----------
https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html
"""

import base64
import json
import uuid

from aiohttp import web

from lambda_emulator.errors import StoppedError, ThrottledError, UnknownFunctionError
from lambda_emulator.invocation import Invocation
from lambda_emulator.service import LambdaService
from lambda_emulator.spec import FunctionSpec

_MAX_PAYLOAD_BYTES = 6 * 1024 * 1024
_MAX_ASYNC_PAYLOAD_BYTES = 1024 * 1024


class InvokeApi:
    """Answers calls of `lambda:Invoke` and `lambda:ListFunctions`."""

    def __init__(self, service: LambdaService) -> None:
        self._service = service

    def application(self) -> web.Application:
        """Build the web application that serves this API."""
        app = web.Application(client_max_size=_MAX_PAYLOAD_BYTES)
        app.router.add_post("/2015-03-31/functions/{name}/invocations", self._handle)
        app.router.add_get("/2015-03-31/functions{slash:/?}", self._list)
        return app

    async def _list(self, _request: web.Request) -> web.Response:
        return web.json_response(
            {"Functions": [self._service.describe(spec) for spec in self._service.specs]}
        )

    async def _handle(self, request: web.Request) -> web.Response:
        kind = request.headers.get("X-Amz-Invocation-Type", "RequestResponse")
        try:
            function = self._service.find(request.match_info["name"])
            invocation = await _read_invocation(request, kind)
            return await self._invoke(function, invocation, kind)
        except UnknownFunctionError as error:
            return _error(404, "ResourceNotFoundException", str(error))
        except _InvalidRequestError as error:
            return _error(error.status, error.kind, str(error))
        except ThrottledError:
            return _error(
                429,
                "TooManyRequestsException",
                "Rate Exceeded.",
                Reason="ReservedFunctionConcurrentInvocationLimitExceeded",
            )
        except StoppedError as error:
            return _error(503, "ServiceException", str(error))

    async def _invoke(
        self, function: FunctionSpec, invocation: Invocation, kind: str
    ) -> web.Response:
        headers = {"x-amzn-RequestId": invocation.request_id}
        if kind == "DryRun":
            return web.Response(status=204, headers=headers)
        if kind == "Event":
            self._service.invoke_later(function, invocation)
            return web.Response(status=202, headers=headers)
        result = await self._service.invoke(function, invocation)
        headers["X-Amz-Executed-Version"] = "$LATEST"
        if result.function_error is not None:
            headers["X-Amz-Function-Error"] = result.function_error
        return web.Response(body=result.payload, headers=headers, content_type="application/json")


class _InvalidRequestError(Exception):
    """A call that never becomes an invocation."""

    def __init__(self, status: int, kind: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind


async def _read_invocation(request: web.Request, kind: str) -> Invocation:
    if kind not in ("RequestResponse", "Event", "DryRun"):
        raise _InvalidRequestError(
            400, "InvalidParameterValueException", f"Unknown invocation type: {kind}"
        )
    limit = _MAX_ASYNC_PAYLOAD_BYTES if kind == "Event" else _MAX_PAYLOAD_BYTES
    try:
        payload = await request.read() or b"{}"
    except web.HTTPRequestEntityTooLarge:
        payload = b" " * (limit + 1)
    if len(payload) > limit:
        raise _InvalidRequestError(
            413, "RequestTooLargeException", f"Request must be smaller than {limit} bytes"
        )
    try:
        json.loads(payload)
    except ValueError as error:
        raise _InvalidRequestError(
            400,
            "InvalidRequestContentException",
            f"Could not parse request body into json: {error}",
        ) from error
    return Invocation(payload, client_context=_client_context(request))


def _client_context(request: web.Request) -> str | None:
    encoded = request.headers.get("X-Amz-Client-Context")
    try:
        return base64.b64decode(encoded, validate=True).decode() if encoded else None
    except ValueError as error:
        raise _InvalidRequestError(
            400, "InvalidRequestContentException", "Client context must be base64"
        ) from error


def _error(status: int, kind: str, message: str, **more: str) -> web.Response:
    # Lambda writes the message under either name, and clients look for both.
    body = {"Type": "User", "Message": message, "message": message, **more}
    return web.json_response(
        body,
        status=status,
        headers={"x-amzn-ErrorType": kind, "x-amzn-RequestId": str(uuid.uuid4())},
    )
