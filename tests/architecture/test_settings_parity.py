"""A variable that a function reads is declared in the template and explained in the docs."""

import re
from importlib import import_module

import pytest

from matinee.settings import EnvironmentSettings
from tests.support.source import ROOT
from tests.support.template import FUNCTION_PACKAGES, variables

# Lambda sets these itself, and refuses a template that does.
SET_BY_LAMBDA = {
    "AWS_REGION",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_LAMBDA_FUNCTION_NAME",
}
# Read by libraries, not by our settings.
READ_BY_LIBRARIES = {
    "AWS_ENDPOINT_URL_LAMBDA",
    "MLFLOW_DISABLE_TELEMETRY",
    "OPENBLAS_NUM_THREADS",
    "SURPRISE_DATA_FOLDER",
}


def fields(package: str) -> set[str]:
    """Return the variables that a function's settings read."""
    module = import_module(f"{package}.settings")
    classes = [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, EnvironmentSettings)
        and value.__module__ == module.__name__
    ]
    assert len(classes) == 1, f"{package}.settings should define one settings class"
    return {name.upper() for name in classes[0].model_fields}


def documented() -> set[str]:
    """Return the variables in the first column of the table in docs/operations.md."""
    text = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`[A-Z].*?) \|", text, re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([A-Z][A-Z0-9_]+)`", row)}


@pytest.mark.parametrize(("function", "package"), FUNCTION_PACKAGES.items())
def test_every_setting_is_declared_in_the_template(function: str, package: str) -> None:
    assert fields(package) - SET_BY_LAMBDA - variables(function) == set()


@pytest.mark.parametrize("package", FUNCTION_PACKAGES.values())
def test_every_setting_is_explained_in_the_docs(package: str) -> None:
    assert fields(package) - documented() == set()


@pytest.mark.parametrize("function", FUNCTION_PACKAGES)
def test_every_variable_of_the_template_is_explained_in_the_docs(function: str) -> None:
    assert variables(function) - documented() == set()


def test_every_variable_of_the_template_is_read_by_some_function() -> None:
    declared = set().union(*map(variables, FUNCTION_PACKAGES))
    read = set().union(*map(fields, FUNCTION_PACKAGES.values()))
    assert declared - read - READ_BY_LIBRARIES == set()
