"""Finds the route of a request, by API Gateway's rules for HTTP APIs.

Among the routes that match, the most specific wins: a literal segment before a variable, a variable
before a greedy one, a named method before ANY, and `$default` last. A trailing slash is no
difference.

References
----------
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
"""

import re
from collections.abc import Iterable

from lambda_emulator.spec import Route

_VARIABLE = re.compile(r"\{([^}+]+)(\+?)\}")


class Router:
    """The routes of one HTTP API."""

    def __init__(self, routes: Iterable[Route]) -> None:
        ordered = sorted(routes, key=_specificity)
        self._default = next((route for route in ordered if route.path == "$default"), None)
        self._compiled = [
            (route, _pattern(route.path)) for route in ordered if route.path != "$default"
        ]

    def match(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """Find the route and the path parameters of a request."""
        plain = path.rstrip("/") or "/"
        for route, pattern in self._compiled:
            if route.method not in ("ANY", method):
                continue
            if found := pattern.fullmatch(plain):
                names = [name for name, _ in _VARIABLE.findall(route.path)]
                return route, dict(zip(names, found.groups(), strict=True))
        return (self._default, {}) if self._default else None


def _specificity(route: Route) -> tuple[bool, list[int], bool]:
    segments = [_rank(segment) for segment in route.path.split("/")]
    return max(segments) == 2, [*segments, 3], route.method == "ANY"


def _rank(segment: str) -> int:
    found = _VARIABLE.fullmatch(segment)
    return 0 if not found else 2 if found[2] else 1


def _pattern(path: str) -> re.Pattern[str]:
    parts = []
    for segment in path.split("/"):
        kind = ("", "([^/]+)", "(.+)")[_rank(segment)]
        parts.append(kind or re.escape(segment))
    return re.compile("/".join(parts))
