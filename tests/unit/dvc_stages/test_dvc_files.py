"""What is committed for DVC: no secret, no telemetry, and nothing that a stage writes."""

import configparser
import subprocess

import yaml

from dvc_stages.__main__ import STAGES
from tests.support.source import ROOT


def test_stages_of_dvc_are_the_stages_of_the_program() -> None:
    stages = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]
    assert [stage["cmd"] for stage in stages.values()] == [
        f"local/dvc_stages/run {name}" for name in STAGES
    ]
    missing = [
        path
        for stage in stages.values()
        for path in stage["deps"]
        if path.split("/")[0] not in {"data", "models", "reports"} and not (ROOT / path).exists()
    ]
    assert missing == []


def test_data_and_models_that_stages_write_are_ignored_by_git() -> None:
    stages = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"].values()
    for stage in stages:
        for path in stage.get("outs", []):
            folder, _, name = path.partition("/")
            assert f"/{name}" in (ROOT / folder / ".gitignore").read_text().splitlines()


def test_configuration_sends_no_telemetry_and_holds_no_credentials() -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / ".dvc/config")
    assert not config.getboolean("core", "analytics")
    assert not config.getboolean("core", "check_update")
    options = {option for section in config.sections() for option in config.options(section)}
    assert options <= {"analytics", "check_update", "remote", "url", "endpointurl", "region"}


def test_launcher_without_a_stage_lists_them() -> None:
    run = subprocess.run(
        [ROOT / "local/dvc_stages/run"], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert run.returncode == 2
    assert all(name in run.stderr for name in STAGES)
