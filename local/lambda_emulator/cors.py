"""CORS as API Gateway does it for HTTP APIs: by the template alone, whatever a function says."""

from collections.abc import Mapping

from lambda_emulator.spec import Cors


def is_preflight(method: str, headers: Mapping[str, str]) -> bool:
    """Whether a browser asks for permission before the real request."""
    return (
        method == "OPTIONS" and "Origin" in headers and "Access-Control-Request-Method" in headers
    )


def preflight_headers(cors: Cors, origin: str) -> dict[str, str]:
    """Write the permission; empty if the origin has none."""
    headers = response_headers(cors, origin)
    if not headers:
        return {}
    if cors.allow_methods:
        headers["Access-Control-Allow-Methods"] = ",".join(cors.allow_methods)
    if cors.allow_headers:
        headers["Access-Control-Allow-Headers"] = ",".join(cors.allow_headers)
    if cors.max_age_seconds is not None:
        headers["Access-Control-Max-Age"] = str(cors.max_age_seconds)
    return headers


def response_headers(cors: Cors, origin: str | None) -> dict[str, str]:
    """Write what a response to this origin carries."""
    if origin is None or not _allows(cors, origin):
        return {}
    headers = {"Access-Control-Allow-Origin": "*" if "*" in cors.allow_origins else origin}
    if "*" not in cors.allow_origins:
        headers["Vary"] = "Origin"
    if cors.allow_credentials:
        headers["Access-Control-Allow-Credentials"] = "true"
    if cors.expose_headers:
        headers["Access-Control-Expose-Headers"] = ",".join(cors.expose_headers)
    return headers


def _allows(cors: Cors, origin: str) -> bool:
    scheme = origin.split("://", 1)[0]
    return bool({"*", origin, f"{scheme}://*"} & set(cors.allow_origins))
