"""The committed OpenAPI documents are what the code answers, and what the gateway routes."""

import json
import re

import pytest

from openapi_documents import PLACES, openapi_document
from tests.support.source import ROOT
from tests.support.template import FUNCTION_PACKAGES, routes


@pytest.mark.parametrize("package", PLACES)
def test_committed_openapi_document_is_current(package: str) -> None:
    committed = (ROOT / PLACES[package]).read_text(encoding="utf-8")
    assert json.loads(committed) == json.loads(openapi_document(package)), "run `make openapi`"


@pytest.mark.parametrize(("function", "package"), FUNCTION_PACKAGES.items())
def test_every_route_of_the_app_is_a_route_of_the_gateway_and_the_other_way_round(
    function: str, package: str
) -> None:
    paths = json.loads((ROOT / PLACES[package]).read_text(encoding="utf-8"))["paths"]
    documented = {
        (method.upper(), comparable(path)) for path, methods in paths.items() for method in methods
    }
    routed = {(method, comparable(path)) for method, path in routes(function)}
    assert documented == routed


def comparable(path: str) -> str:
    """Forget what the gateway ignores: the names of parameters, a slash at the end."""
    return re.sub(r"\{\w+\}", "{}", path).rstrip("/")
