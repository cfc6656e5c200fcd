"""The Lambda Runtime API and Extensions API, served to one execution environment.

References
----------
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html
"""

import asyncio
import socket
import uuid
from typing import Any

from aiohttp import web

from lambda_emulator.invocation import (
    MAX_RESPONSE_BYTES,
    Invocation,
    InvocationResult,
    too_large,
)
from lambda_emulator.spec import FunctionSpec

_HOST = "127.0.0.1"
_ACCEPTED = {"status": "OK"}


class RuntimeApi:
    """What a runtime polls for work and where it brings the results.

    Attributes
    ----------
    initialized : asyncio.Future
        Done when the init phase ends: with None, or with the error that the runtime reported.
    has_runtime : bool
        Whether the runtime has asked for its first event.
    """

    def __init__(self, spec: FunctionSpec, function_arn: str) -> None:
        self._spec = spec
        self._function_arn = function_arn
        self.initialized: asyncio.Future[InvocationResult | None] = (
            asyncio.get_running_loop().create_future()
        )
        self._inbox: asyncio.Queue[tuple[Invocation, int]] = asyncio.Queue()
        self._current: tuple[str, asyncio.Future[InvocationResult]] | None = None
        self.has_runtime = False
        self._extensions: dict[str, _Extension] = {}
        app = web.Application(client_max_size=MAX_RESPONSE_BYTES)
        app.add_routes(
            [
                web.get("/2018-06-01/runtime/invocation/next", self._next),
                web.post("/2018-06-01/runtime/invocation/{id}/response", self._response),
                web.post("/2018-06-01/runtime/invocation/{id}/error", self._error),
                web.post("/2018-06-01/runtime/init/error", self._init_error),
                web.post("/2020-01-01/extension/register", self._register_extension),
                web.get("/2020-01-01/extension/event/next", self._next_extension_event),
                web.post("/2020-01-01/extension/init/error", self._accept_report),
                web.post("/2020-01-01/extension/exit/error", self._accept_report),
            ]
        )
        # A runtime that dies while it polls must not leave the poll behind: hence the cancellation.
        self._runner = web.AppRunner(
            app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1
        )
        self._socket: socket.socket | None = None

    @property
    def address(self) -> str:
        """Host and port, once started."""
        assert self._socket is not None
        host, port = self._socket.getsockname()
        return f"{host}:{port}"

    async def start(self) -> None:
        """Listen on a free port of the loopback interface."""
        self._socket = socket.create_server((_HOST, 0))
        await self._runner.setup()
        await web.SockSite(self._runner, self._socket).start()

    async def stop(self) -> None:
        """Stop listening."""
        await self._runner.cleanup()
        if self._socket is not None:
            self._socket.close()  # the runner has it only if the start was not cut short

    @property
    def has_undelivered_event(self) -> bool:
        """Whether the runtime has not yet fetched the event it was given."""
        return not self._inbox.empty()

    @property
    def has_extensions(self) -> bool:
        """Whether the function registered an extension, and so asked for a shutdown phase."""
        return bool(self._extensions)

    def deliver(self, invocation: Invocation, deadline_ms: int) -> asyncio.Future[InvocationResult]:
        """Hand an event to the runtime; the future brings what it answers."""
        answer: asyncio.Future[InvocationResult] = asyncio.get_running_loop().create_future()
        self._current = (invocation.request_id, answer)
        self._inbox.put_nowait((invocation, deadline_ms))
        self._tell_extensions(
            {
                "eventType": "INVOKE",
                "deadlineMs": deadline_ms,
                "requestId": invocation.request_id,
                "invokedFunctionArn": self._function_arn,
            }
        )
        return answer

    def announce_shutdown(self, deadline_ms: int) -> None:
        """Tell the extensions that asked for it that the environment ends."""
        self._tell_extensions(
            {"eventType": "SHUTDOWN", "shutdownReason": "spindown", "deadlineMs": deadline_ms}
        )

    def _tell_extensions(self, event: dict[str, Any]) -> None:
        for extension in self._extensions.values():
            if event["eventType"] in extension.subscriptions:
                extension.events.put_nowait(event)

    def _end_init_when_all_poll(self) -> None:
        everyone_polls = self.has_runtime and all(
            extension.is_polling for extension in self._extensions.values()
        )
        if everyone_polls and not self.initialized.done():
            self.initialized.set_result(None)

    async def _next(self, _request: web.Request) -> web.Response:
        self.has_runtime = True
        self._end_init_when_all_poll()
        invocation, deadline_ms = await self._inbox.get()
        headers = {
            "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
            "Lambda-Runtime-Deadline-Ms": str(deadline_ms),
            "Lambda-Runtime-Invoked-Function-Arn": self._function_arn,
            "Lambda-Runtime-Trace-Id": f"Root=1-{uuid.uuid4().hex[:8]}-{uuid.uuid4().hex[:24]}",
        }
        if invocation.client_context:
            headers["Lambda-Runtime-Client-Context"] = invocation.client_context
        return web.Response(
            body=invocation.payload, headers=headers, content_type="application/json"
        )

    async def _response(self, request: web.Request) -> web.Response:
        try:
            result = InvocationResult(await request.read())
        except web.HTTPRequestEntityTooLarge:
            self._answer(request, too_large())
            return _refusal(413, "RequestEntityTooLarge", "Exceeded maximum allowed payload size")
        return self._answer(request, result)

    async def _error(self, request: web.Request) -> web.Response:
        result = InvocationResult(await request.read(), function_error="Unhandled")
        return self._answer(request, result)

    def _answer(self, request: web.Request, result: InvocationResult) -> web.Response:
        if self._current is None or self._current[0] != request.match_info["id"]:
            return _refusal(400, "InvalidRequestID", "Invalid request ID")
        answer = self._current[1]
        self._current = None
        if not answer.done():
            answer.set_result(result)
        return web.json_response(_ACCEPTED, status=202)

    async def _init_error(self, request: web.Request) -> web.Response:
        result = InvocationResult(await request.read(), function_error="Unhandled")
        if not self.initialized.done():
            self.initialized.set_result(result)
        return web.json_response(_ACCEPTED, status=202)

    async def _register_extension(self, request: web.Request) -> web.Response:
        name = request.headers.get("Lambda-Extension-Name")
        if not name:
            return _refusal(400, "Extension.InvalidExtensionName", "Lambda-Extension-Name missing")
        body = await request.json() if request.can_read_body else {}
        identifier = str(uuid.uuid4())
        self._extensions[identifier] = _Extension(frozenset(body.get("events", ())))
        return web.json_response(
            {
                "functionName": self._spec.name,
                "functionVersion": "$LATEST",
                "handler": self._spec.handler,
            },
            headers={"Lambda-Extension-Identifier": identifier},
        )

    async def _next_extension_event(self, request: web.Request) -> web.Response:
        extension = self._extensions.get(request.headers.get("Lambda-Extension-Identifier", ""))
        if extension is None:
            return _refusal(403, "Extension.UnknownExtensionIdentifier", "Unknown extension")
        extension.is_polling = True
        self._end_init_when_all_poll()
        return web.json_response(await extension.events.get())

    async def _accept_report(self, _request: web.Request) -> web.Response:
        return web.json_response(_ACCEPTED, status=202)


class _Extension:
    """One registered extension: what it wants to hear of, and what it has not yet heard."""

    def __init__(self, subscriptions: frozenset[str]) -> None:
        self.subscriptions = subscriptions
        self.events: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.is_polling = False


def _refusal(status: int, error_type: str, message: str) -> web.Response:
    return web.json_response({"errorType": error_type, "errorMessage": message}, status=status)
