"""The project's dashboards, rules and alerts as plain data."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.support.source import ROOT

PROMETHEUS = ROOT / "local/prometheus"
GRAFANA = ROOT / "local/grafana"
RULE_TESTS = sorted((ROOT / "tests/prometheus").glob("*.yml"))
DASHBOARDS = sorted((GRAFANA / "dashboards").glob("*.json"))


def load_dashboard(path: Path) -> dict[str, Any]:
    """Read a dashboard."""
    dashboard: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return dashboard


def panels(dashboard: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the panels that show something, which rows do not."""
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def queries(dashboard: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Return every panel's and annotation's queries as (where, expression)."""
    for panel in panels(dashboard):
        for target in panel["targets"]:
            yield f"{dashboard['title']} / {panel['title']} {target['refId']}", target["expr"]
    for annotation in dashboard["annotations"]["list"]:
        yield f"{dashboard['title']} / {annotation['name']}", annotation["expr"]


def choices(dashboard: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Return the variables' choices as (series, label): all values that the label has there."""
    for variable in dashboard["templating"]["list"]:
        found = re.fullmatch(r"label_values\((.+), (\w+)\)", variable["query"]["query"])
        assert found is not None, variable["name"]
        yield found[1], found[2]


def rules() -> list[dict[str, Any]]:
    """Return all recording rules and alerts."""
    files = [yaml.safe_load(path.read_text()) for path in sorted(PROMETHEUS.glob("rules/*.yml"))]
    return [rule for file in files for group in file["groups"] for rule in group["rules"]]


def alerts() -> dict[str, dict[str, Any]]:
    """Return the alerts by their names."""
    return {rule["alert"]: rule for rule in rules() if "alert" in rule}


def metric_names(expression: str) -> set[str]:
    """Return the names of Matinee's own metrics and of recorded ones in an expression."""
    bare = re.sub(r'"[^"]*"', "", expression)  # label values may look like names
    return set(re.findall(r"(?:[a-z_]+:)?matinee_[a-z0-9_]+(?::[a-z0-9_]+)?|matinee:\w+", bare))
