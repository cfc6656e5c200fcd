"""The committed OpenAPI documents, as one description of the API."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from tests.support.source import ROOT


@dataclass(frozen=True)
class Operation:
    """One route and method, and the document that it is in."""

    path: str
    description: dict[str, Any]
    document: dict[str, Any]

    @property
    def query_names(self) -> set[str]:
        """Names of the parameters after the question mark."""
        parameters = self.description.get("parameters", [])
        return {parameter["name"] for parameter in parameters if parameter["in"] == "query"}

    @property
    def body(self) -> dict[str, Any] | None:
        """Schema of the request's body."""
        content = self.description.get("requestBody", {}).get("content", {})
        schema: dict[str, Any] | None = content.get("application/json", {}).get("schema")
        return schema

    @property
    def answer(self) -> dict[str, Any]:
        """Schema of what a good answer holds."""
        for status in ("200", "202"):
            content = self.description["responses"].get(status, {}).get("content", {})
            schema = content.get("application/json", {}).get("schema")
            if schema:
                return self.resolved(schema)
        raise AssertionError(f"{self.path} has no answer")

    def resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Follow a reference."""
        reference = schema.get("$ref")
        if reference is None:
            return schema
        found: dict[str, Any] = self.document["components"]["schemas"][reference.split("/")[-1]]
        return found

    def check(self, schema: dict[str, Any], value: Any) -> None:
        """Raise when a value does not have the documented form."""
        whole = {**schema, "components": self.document["components"]}
        Draft202012Validator(whole).validate(value)


@cache
def documents() -> list[dict[str, Any]]:
    """Read the documents of all functions."""
    paths = sorted(ROOT.glob("functions/*/openapi.json"))
    return [json.loads(path.read_text(encoding="utf-8")) for path in paths]


def operation(method: str, path: str) -> Operation:
    """Return what is documented for a request; fixed paths come before those with parameters."""
    found = [
        Operation(documented, methods[method.lower()], document)
        for document in documents()
        for documented, methods in document["paths"].items()
        if method.lower() in methods and _fits(documented, path)
    ]
    assert found, f"{method} {path} is not documented"
    return min(found, key=lambda operation: operation.path.count("{"))


def _fits(documented: str, path: str) -> bool:
    pattern = re.sub(r"\{[^}]+\}", "[^/]+", documented.rstrip("/"))
    return re.fullmatch(pattern, path.rstrip("/")) is not None
