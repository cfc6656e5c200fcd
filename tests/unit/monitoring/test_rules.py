"""Alerts are tested from both sides and explained; rules and panels use metrics that exist."""

import re
from collections import defaultdict
from typing import Any

import pytest
import yaml

from tests.support.monitoring import (
    DASHBOARDS,
    RULE_TESTS,
    alerts,
    choices,
    load_dashboard,
    metric_names,
    queries,
    rules,
)
from tests.support.source import ROOT

METRICS_PAGE = ROOT / "docs/metrics.md"
HISTOGRAM_PARTS = ("", "_bucket", "_count", "_sum")
REQUIRED_ANNOTATIONS = {"summary", "description", "runbook"}
SEVERITIES = {"info", "warning", "critical"}


def cases() -> dict[str, list[bool]]:
    """Return for each alert whether it fires, case by case."""
    found = defaultdict(list)
    for path in RULE_TESTS:
        for test in yaml.safe_load(path.read_text())["tests"]:
            for case in test.get("alert_rule_test", []):
                found[case["alertname"]].append(bool(case.get("exp_alerts")))
    return found


def documented_metrics() -> set[str]:
    """Return the names in backticks in the first column of the tables in docs/metrics.md."""
    rows = re.findall(r"^\| (`.*?) \|", METRICS_PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    names = {name for row in rows for name in re.findall(r"`(matinee_[a-z0-9_]+)", row)}
    return {name + part for name in names for part in HISTOGRAM_PARTS}


def used_metrics() -> set[str]:
    boards = [load_dashboard(path) for path in DASHBOARDS]
    shown = [expr for board in boards for _, expr in queries(board)]
    chosen = [series for board in boards for series, _ in choices(board)]
    expressions = [*shown, *chosen, *(rule["expr"] for rule in rules())]
    return set().union(*map(metric_names, expressions))


def recorded_metrics() -> set[str]:
    return {rule["record"] for rule in rules() if "record" in rule}


def anchors(page: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", alerts())
def test_alert_has_a_case_that_fires_and_one_that_does_not(name: str) -> None:
    assert set(cases()[name]) == {True, False}


@pytest.mark.parametrize("name", alerts())
def test_alert_says_how_bad_it_is_and_leads_to_a_paragraph_of_the_runbook(name: str) -> None:
    alert: dict[str, Any] = alerts()[name]
    assert alert["labels"]["severity"] in SEVERITIES
    assert alert["annotations"].keys() == REQUIRED_ANNOTATIONS
    page, _, anchor = alert["annotations"]["runbook"].partition("#")
    assert anchor == name.lower()
    assert anchor in anchors(page)


def test_rules_and_dashboards_use_only_metrics_that_are_documented_or_recorded() -> None:
    assert used_metrics() - recorded_metrics() - documented_metrics() == set()


def test_every_recorded_metric_is_used() -> None:
    assert recorded_metrics() - used_metrics() == set()


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ('sum(matinee_a_total{x="matinee_b"})', {"matinee_a_total"}),
        ("job:matinee_a:increase5m / 2", {"job:matinee_a:increase5m"}),
        (
            "time() - matinee:model_created_timestamp_seconds",
            {"matinee:model_created_timestamp_seconds"},
        ),
    ],
)
def test_names_of_metrics_are_found_in_expressions(expression: str, names: set[str]) -> None:
    assert metric_names(expression) == names
