"""Reads the HTTP API of a template: its routes, its CORS rules and its stage variables."""

from collections.abc import Iterable, Mapping
from typing import Any

from lambda_emulator.errors import TemplateError
from lambda_emulator.spec import Cors, HttpApiSpec, Route
from lambda_emulator.template import FUNCTION, HTTP_API, Template

# What SAM calls the API of events that name none.
_IMPLICIT_API = "ServerlessHttpApi"


def read_http_api(template: Template) -> HttpApiSpec | None:
    """Read the HTTP API of the template, or nothing if no function is called over HTTP."""
    routes: dict[str, list[Route]] = {name: [] for name in template.of_type(HTTP_API)}
    for logical_id, resource in template.of_type(FUNCTION).items():
        for api_id, route in _routes(logical_id, resource["Properties"].get("Events") or {}):
            routes.setdefault(api_id, []).append(route)
    if not routes:
        return None
    if len(routes) > 1:
        raise TemplateError(
            f"the template has {len(routes)} HTTP APIs ({', '.join(routes)}); one can be served"
        )
    api_id, found = next(iter(routes.items()))
    properties = template.resources.get(api_id, {}).get("Properties") or {}
    return HttpApiSpec(
        api_id=api_id,
        routes=tuple(found),
        cors=_cors(properties.get("CorsConfiguration")),
        stage_variables={
            name: str(value) for name, value in (properties.get("StageVariables") or {}).items()
        },
    )


def _routes(logical_id: str, events: Mapping[str, Any]) -> Iterable[tuple[str, Route]]:
    for event in events.values():
        if event.get("Type") != "HttpApi":
            continue
        properties = event.get("Properties") or {}
        path = properties.get("Path", "$default")
        yield (
            str(properties.get("ApiId", _IMPLICIT_API)),
            Route(
                method=str(properties.get("Method", "ANY")).upper().replace("*", "ANY"),
                path=path if path in ("/", "$default") else path.rstrip("/"),
                function=logical_id,
                timeout_seconds=float(properties.get("TimeoutInMillis", 30_000)) / 1000,
            ),
        )


def _cors(configuration: Any) -> Cors | None:
    if not configuration:
        return None
    if configuration is True:
        return Cors(allow_origins=("*",))
    age = configuration.get("MaxAge")
    return Cors(
        allow_origins=tuple(configuration.get("AllowOrigins", ())),
        allow_methods=tuple(configuration.get("AllowMethods", ())),
        allow_headers=tuple(configuration.get("AllowHeaders", ())),
        expose_headers=tuple(configuration.get("ExposeHeaders", ())),
        allow_credentials=configuration.get("AllowCredentials") is True,
        max_age_seconds=None if age is None else int(age),
    )
