"""HTTP requests as Lambda events and Lambda results as HTTP responses (payload format 2.0).

References
----------
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

import base64
import binascii
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from lambda_emulator.spec import Route

_TEXT_TYPES = ("application/json", "application/xml", "application/javascript")
# What belongs to one connection, or is worked out anew from the body.
_NOT_PASSED_ON = {"connection", "content-length", "keep-alive", "transfer-encoding", "upgrade"}


@dataclass(frozen=True)
class HttpRequest:
    """A request, as far as an event speaks of it."""

    method: str
    path: str
    query: str
    headers: Iterable[tuple[str, str]]
    body: bytes
    source_ip: str
    protocol: str = "HTTP/1.1"


@dataclass(frozen=True)
class HttpResponse:
    """A response, ready to be sent."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    cookies: tuple[str, ...] = ()


@dataclass(frozen=True)
class ApiContext:
    """What is the same in every event of an API."""

    api_id: str
    account_id: str
    stage_variables: Mapping[str, str] = field(default_factory=dict)


class BadResponseError(Exception):
    """A function's answer that is no HTTP response."""


def build_event(
    request: HttpRequest,
    route: Route,
    path_parameters: Mapping[str, str],
    context: ApiContext,
    now: float,
) -> dict[str, Any]:
    """Describe a request as API Gateway does."""
    headers, cookies = _join_headers(request.headers)
    query = _join_query(request.query)
    body, is_base64 = _encode_body(request.body, headers.get("content-type", ""))
    host = headers.get("host", "localhost")
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route.key,
        "rawPath": request.path,
        "rawQueryString": request.query,
        "headers": headers,
        "requestContext": {
            "accountId": context.account_id,
            "apiId": context.api_id,
            "domainName": host,
            "domainPrefix": host.split(".")[0],
            "http": {
                "method": request.method,
                "path": request.path,
                "protocol": request.protocol,
                "sourceIp": request.source_ip,
                "userAgent": headers.get("user-agent", ""),
            },
            "requestId": base64.b64encode(secrets.token_bytes(11)).decode(),
            "routeKey": route.key,
            "stage": "$default",
            "time": datetime.fromtimestamp(now, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": int(now * 1000),
        },
        "isBase64Encoded": is_base64,
    }
    optional = {
        "body": body,
        "cookies": cookies,
        "pathParameters": dict(path_parameters),
        "queryStringParameters": query,
        "stageVariables": dict(context.stage_variables),
    }
    event.update({name: value for name, value in optional.items() if value})
    return event


def read_response(payload: bytes) -> HttpResponse:
    """Read a function's answer.

    Raises
    ------
    BadResponseError
        If it is no HTTP response; API Gateway answers 500 then.
    """
    try:
        answer = json.loads(payload)
    except ValueError as error:
        raise BadResponseError("the function's answer is no JSON") from error
    if not isinstance(answer, dict) or "statusCode" not in answer:
        inferred = answer.encode() if isinstance(answer, str) else payload
        return HttpResponse(200, {"content-type": "application/json"}, inferred)
    try:
        status = int(answer["statusCode"])
        text = answer.get("body") or ""
        body = text if isinstance(text, str) else json.dumps(text)
        encoded = answer.get("isBase64Encoded") is True
        content = base64.b64decode(body, validate=True) if encoded else body.encode()
    except (TypeError, ValueError, binascii.Error) as error:
        raise BadResponseError(f"the function's answer is malformed: {error}") from error
    headers = {
        name.lower(): _header_value(value)
        for name, value in (answer.get("headers") or {}).items()
        if name.lower() not in _NOT_PASSED_ON
    }
    headers.setdefault("content-type", "text/plain;charset=UTF-8")
    return HttpResponse(status, headers, content, tuple(answer.get("cookies") or ()))


def _join_headers(pairs: Iterable[tuple[str, str]]) -> tuple[dict[str, str], list[str]]:
    """Join repeated headers by commas; cookies are kept apart."""
    headers: dict[str, str] = {}
    cookies: list[str] = []
    for name, value in pairs:
        key = name.lower()
        if key == "cookie":
            cookies.extend(part.strip() for part in value.split(";") if part.strip())
        else:
            headers[key] = f"{headers[key]},{value}" if key in headers else value
    return headers, cookies


def _join_query(query: str) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined


def _encode_body(body: bytes, content_type: str) -> tuple[str | None, bool]:
    if not body:
        return None, False
    kind = content_type.split(";")[0].strip().lower()
    is_text = kind.startswith("text/") or kind in _TEXT_TYPES or kind.endswith(("+json", "+xml"))
    if is_text:
        try:
            return body.decode("utf-8"), False
        except UnicodeDecodeError:
            pass  # what does not decode travels as bytes do
    return base64.b64encode(body).decode(), True


def _header_value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    # A line break would end the header and begin another one.
    return str(value).replace("\r", "").replace("\n", "")
