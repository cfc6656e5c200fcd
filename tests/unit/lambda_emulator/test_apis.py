"""The HTTP API of a template."""

from pathlib import Path
from typing import Any

import pytest

from lambda_emulator.apis import read_http_api
from lambda_emulator.cors import preflight_headers, response_headers
from lambda_emulator.errors import TemplateError
from lambda_emulator.spec import Cors, Route
from lambda_emulator.template import Template


def _template(*events: dict[str, Any], **apis: dict[str, Any]) -> Template:
    resources: dict[str, Any] = {
        name: {"Type": "AWS::Serverless::HttpApi", "Properties": properties}
        for name, properties in apis.items()
    }
    resources["Fn"] = {
        "Type": "AWS::Serverless::Function",
        "Properties": {
            "Events": {
                f"E{number}": {"Type": "HttpApi", "Properties": event}
                for number, event in enumerate(events)
            }
        },
    }
    return Template({"Resources": resources}, folder=Path())


def test_routes_lose_their_trailing_slash_as_in_sam() -> None:
    api = read_http_api(_template({"Path": "/a/", "Method": "post"}, {}))

    assert api is not None
    assert api.api_id == "ServerlessHttpApi"
    assert api.routes == (Route("POST", "/a", "Fn"), Route("ANY", "$default", "Fn"))


def test_api_brings_cors_and_stage_variables() -> None:
    cors = {"AllowOrigins": ["https://a"], "AllowCredentials": True, "MaxAge": "5"}

    api = read_http_api(
        _template(
            {"Path": "/a", "Method": "get", "ApiId": {"Ref": "Api"}},
            Api={"CorsConfiguration": cors, "StageVariables": {"n": 1}},
        )
    )

    assert api is not None
    assert api.cors == Cors(("https://a",), allow_credentials=True, max_age_seconds=5)
    assert api.stage_variables == {"n": "1"}


def test_template_without_http_has_no_api() -> None:
    assert read_http_api(_template()) is None


def test_second_api_is_refused() -> None:
    template = _template({"Path": "/a", "Method": "get", "ApiId": {"Ref": "One"}}, One={}, Two={})

    with pytest.raises(TemplateError, match="One, Two"):
        read_http_api(template)


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("https://a", "https://a"),
        ("https://b", None),
        (None, None),
    ],
)
def test_only_allowed_origins_get_permission(origin: str | None, expected: str | None) -> None:
    headers = response_headers(Cors(("https://a",)), origin)

    assert headers.get("Access-Control-Allow-Origin") == expected


def test_wildcard_allows_every_origin_and_lists_what_is_allowed() -> None:
    cors = Cors(("*",), ("GET", "POST"), ("content-type",), max_age_seconds=60)

    assert preflight_headers(cors, "https://anyone") == {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Allow-Methods": "GET,POST",
        "Access-Control-Allow-Headers": "content-type",
        "Access-Control-Max-Age": "60",
    }
