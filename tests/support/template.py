"""`template.yaml` as plain data; ``!Sub x`` becomes ``{"Fn::Sub": x}``, as CloudFormation says."""

from functools import cache
from typing import Any

import yaml

from tests.support.source import ROOT

# The import root that each function's code folder holds, by its name in the template.
FUNCTION_PACKAGES = {
    "PredictFunction": "predictor",
    "TrainFunction": "trainer",
    "DriftFunction": "drift_monitor",
}


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short forms."""


def _short_form(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return {suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _short_form)


@cache
def load_template() -> dict[str, Any]:
    """Read the template."""
    template: dict[str, Any] = yaml.load((ROOT / "template.yaml").read_text(), _Loader)
    return template


def resources(kind: str) -> dict[str, dict[str, Any]]:
    """Return the properties of all resources of one type, by logical id."""
    return {
        name: resource["Properties"]
        for name, resource in load_template()["Resources"].items()
        if resource["Type"] == kind
    }


def variables(function: str) -> set[str]:
    """Return the names of the environment variables declared on a function."""
    shared = load_template()["Globals"]["Function"]["Environment"]["Variables"]
    own = resources("AWS::Serverless::Function")[function].get("Environment", {})
    return {*shared, *own.get("Variables", {})}


def routes(function: str) -> set[tuple[str, str]]:
    """Return the (method, path) of every HTTP route of a function."""
    events = resources("AWS::Serverless::Function")[function]["Events"].values()
    return {
        (event["Properties"]["Method"], event["Properties"]["Path"])
        for event in events
        if event["Type"] == "HttpApi"
    }


def schedules(function: str) -> list[dict[str, Any]]:
    """Return the properties of every schedule of a function."""
    events = resources("AWS::Serverless::Function")[function]["Events"].values()
    return [event["Properties"] for event in events if event["Type"] == "ScheduleV2"]
