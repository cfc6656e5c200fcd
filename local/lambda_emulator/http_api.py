"""The HTTP API: routes requests to functions as API Gateway does."""

import asyncio
import json
import time
import uuid
from urllib.parse import unquote

from aiohttp import web

from lambda_emulator.clock import Clock
from lambda_emulator.cors import is_preflight, preflight_headers, response_headers
from lambda_emulator.errors import StoppedError, ThrottledError
from lambda_emulator.http_events import (
    ApiContext,
    BadResponseError,
    HttpRequest,
    HttpResponse,
    build_event,
    read_response,
)
from lambda_emulator.invocation import Invocation, InvocationResult
from lambda_emulator.routing import Router
from lambda_emulator.service import LambdaService
from lambda_emulator.spec import HttpApiSpec, Route

MAX_REQUEST_BYTES = 10 * 1024 * 1024


class HttpApi:
    """Answers HTTP requests by invoking functions."""

    def __init__(
        self, spec: HttpApiSpec, service: LambdaService, *, clock: Clock, account_id: str
    ) -> None:
        self._spec = spec
        self._service = service
        self._clock = clock
        self._router = Router(spec.routes)
        self._context = ApiContext(spec.api_id, account_id, spec.stage_variables)

    def application(self) -> web.Application:
        """Build the web application that serves this API."""
        app = web.Application(client_max_size=MAX_REQUEST_BYTES)
        app.router.add_route("*", "/{path:.*}", self._handle)
        return app

    async def _handle(self, request: web.Request) -> web.Response:
        origin = request.headers.get("Origin")
        cors = self._spec.cors
        if cors and origin and is_preflight(request.method, request.headers):
            return web.Response(status=204, headers=preflight_headers(cors, origin))
        answer = await self._answer(request)
        headers = dict(answer.headers)
        if cors:
            headers = {
                name: value
                for name, value in headers.items()
                if not name.lower().startswith("access-control-")
            }
            headers.update(response_headers(cors, origin))
        response = web.Response(status=answer.status, headers=headers, body=answer.body)
        for cookie in answer.cookies:
            response.headers.add("Set-Cookie", cookie)
        return response

    async def _answer(self, request: web.Request) -> HttpResponse:
        raw_path, _, query = request.raw_path.partition("?")
        path = unquote(raw_path)
        matched = self._router.match(request.method, path)
        if matched is None:
            return _message(404, "Not Found")
        try:
            body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return _message(413, "Request Entity Too Large")
        route, path_parameters = matched
        described = HttpRequest(
            method=request.method,
            path=path,
            query=query,
            headers=[*request.headers.items(), *_gateway_headers(request)],
            body=body,
            source_ip=request.remote or "127.0.0.1",
        )
        event = build_event(described, route, path_parameters, self._context, self._clock.now())
        return await self._invoke(route, json.dumps(event).encode())

    async def _invoke(self, route: Route, payload: bytes) -> HttpResponse:
        function = self._service.find(route.function)
        call = asyncio.ensure_future(self._service.invoke(function, Invocation(payload)))
        # The function runs on when the gateway has given up on it, so the call is not cancelled.
        done, _ = await asyncio.wait({call}, timeout=route.timeout_seconds)
        if not done:
            call.add_done_callback(_forget)
            return _message(503, "Service Unavailable")
        try:
            result = call.result()
        except (ThrottledError, StoppedError):
            return _message(503, "Service Unavailable")
        if result.function_error is not None:
            return _message(500, "Internal Server Error")
        try:
            return read_response(result.payload)
        except BadResponseError:
            return _message(500, "Internal Server Error")


def _gateway_headers(request: web.Request) -> list[tuple[str, str]]:
    """Write the headers that API Gateway adds to what a client sent."""
    trace = uuid.uuid4().hex
    host = request.headers.get("Host", "")
    port = host.rpartition(":")[2] if ":" in host else "80"
    return [
        ("x-amzn-trace-id", f"Root=1-{int(time.time()):08x}-{trace[:24]}"),
        ("x-forwarded-for", request.remote or "127.0.0.1"),
        ("x-forwarded-port", port),
        ("x-forwarded-proto", request.scheme),
    ]


def _message(status: int, text: str) -> HttpResponse:
    body = json.dumps({"message": text}, separators=(",", ":")).encode()
    return HttpResponse(status, {"content-type": "application/json"}, body)


def _forget(call: "asyncio.Future[InvocationResult]") -> None:
    """Look at a late result, so that it does not count as an error nobody saw."""
    if not call.cancelled():
        call.exception()
