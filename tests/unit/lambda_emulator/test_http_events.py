"""Payload format 2.0, in both directions."""

import base64
import json
from typing import Any

import pytest

from lambda_emulator.http_events import (
    ApiContext,
    BadResponseError,
    HttpRequest,
    build_event,
    read_response,
)
from lambda_emulator.spec import Route


def _event(body: bytes = b"", headers: tuple[tuple[str, str], ...] = ()) -> dict[str, Any]:
    request = HttpRequest("GET", "/a", "", headers, body, "127.0.0.1")
    return build_event(request, Route("GET", "/a", "f"), {}, ApiContext("api", "1"), 1_700_000_000)


def test_empty_parts_are_left_out() -> None:
    event = _event()

    assert not {"body", "cookies", "pathParameters", "queryStringParameters"} & set(event)
    assert event["requestContext"]["time"] == "14/Nov/2023:22:13:20 +0000"


@pytest.mark.parametrize(
    ("content_type", "body", "is_base64"),
    [
        ("application/json; charset=utf-8", b"{}", False),
        ("text/csv", b"a,b", False),
        ("application/problem+json", b"{}", False),
        ("application/x-www-form-urlencoded", b"a=1", True),
        ("application/octet-stream", b"abc", True),
        ("text/plain", b"\xff\xfe", True),
    ],
)
def test_body_is_text_only_for_types_of_text(
    content_type: str, body: bytes, is_base64: bool
) -> None:
    event = _event(body, (("Content-Type", content_type),))

    expected = base64.b64encode(body).decode() if is_base64 else body.decode()
    assert (event["body"], event["isBase64Encoded"]) == (expected, is_base64)


def test_response_is_sent_as_the_function_says() -> None:
    response = read_response(
        json.dumps(
            {
                "statusCode": "201",
                "headers": {"X-A": 1, "X-B": True, "Content-Length": "999", "X-C": "a\r\nX-D: b"},
                "cookies": ["a=1", "b=2"],
                "body": base64.b64encode(b"\x00\x01").decode(),
                "isBase64Encoded": True,
            }
        ).encode()
    )

    assert (response.status, response.body, response.cookies) == (201, b"\x00\x01", ("a=1", "b=2"))
    assert response.headers == {
        "x-a": "1",
        "x-b": "true",
        "x-c": "aX-D: b",
        "content-type": "text/plain;charset=UTF-8",
    }


@pytest.mark.parametrize(
    ("payload", "body"),
    [(b'{"a": 1}', b'{"a": 1}'), (b'"text"', b"text"), (b"[1]", b"[1]")],
)
def test_answer_without_a_status_is_the_body(payload: bytes, body: bytes) -> None:
    response = read_response(payload)

    assert (response.status, response.body) == (200, body)
    assert response.headers == {"content-type": "application/json"}


@pytest.mark.parametrize(
    "payload",
    [
        b"no json",
        b'{"statusCode": "many"}',
        b'{"statusCode": 200, "body": "not base64!", "isBase64Encoded": true}',
    ],
)
def test_answer_that_is_no_response_is_refused(payload: bytes) -> None:
    with pytest.raises(BadResponseError):
        read_response(payload)
