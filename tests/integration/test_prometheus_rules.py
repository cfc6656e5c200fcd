"""Prometheus's own tool takes the configuration and the rules, and its cases come out right."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.support.monitoring import PROMETHEUS, RULE_TESTS
from tests.support.prometheus import require_programs

pytestmark = pytest.mark.integration


def promtool(*arguments: str | Path) -> str:
    require_programs()
    done = subprocess.run(["promtool", *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_configuration_and_rules_are_valid() -> None:
    said = promtool("check", "config", "--lint=all", "--lint-fatal", PROMETHEUS / "prometheus.yml")
    assert "2 rule files found" in said


@pytest.mark.parametrize("path", RULE_TESTS, ids=lambda path: path.stem)
def test_cases_of_rules_come_out_right(path: Path) -> None:
    assert "SUCCESS" in promtool("test", "rules", path)
