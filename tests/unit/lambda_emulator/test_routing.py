"""Which route a request takes."""

import pytest

from lambda_emulator.routing import Router
from lambda_emulator.spec import Route

_ROUTES = [
    Route("ANY", "/{proxy+}", "everything"),
    Route("GET", "/movies/{movie_id}", "movie"),
    Route("GET", "/movies/popular", "popular"),
    Route("ANY", "/movies/popular", "popular-any"),
    Route("GET", "/movies/{movie_id}/similar", "similar"),
    Route("GET", "/files/{path+}", "files"),
    Route("POST", "/predict", "predict"),
    Route("GET", "/", "root"),
]


@pytest.mark.parametrize(
    ("method", "path", "function", "parameters"),
    [
        ("GET", "/movies/popular", "popular", {}),
        ("PUT", "/movies/popular", "popular-any", {}),
        ("GET", "/movies/7", "movie", {"movie_id": "7"}),
        ("GET", "/movies/7/", "movie", {"movie_id": "7"}),
        ("GET", "/movies/7/similar", "similar", {"movie_id": "7"}),
        ("GET", "/movies/7/other", "everything", {"proxy": "movies/7/other"}),
        ("DELETE", "/movies/7", "everything", {"proxy": "movies/7"}),
        ("GET", "/files/a/b c", "files", {"path": "a/b c"}),
        ("POST", "/predict/", "predict", {}),
        ("GET", "/", "root", {}),
    ],
)
def test_most_specific_route_wins(
    method: str, path: str, function: str, parameters: dict[str, str]
) -> None:
    matched = Router(_ROUTES).match(method, path)

    assert matched is not None
    assert (matched[0].function, matched[1]) == (function, parameters)


def test_default_route_takes_what_is_left() -> None:
    router = Router([Route("ANY", "$default", "rest"), Route("GET", "/a", "a")])

    found = [router.match("GET", path) for path in ("/a", "/b")]

    assert [match[0].function for match in found if match] == ["a", "rest"]
    assert found[1] is not None
    assert found[1][0].key == "$default"


def test_unmatched_request_has_no_route() -> None:
    assert Router([Route("GET", "/a", "a")]).match("POST", "/a") is None
