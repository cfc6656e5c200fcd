"""Facts about the deployed functions that a reviewer would look up in the template."""

import json
import re
from typing import Any

import pytest

from tests.support.source import ROOT
from tests.support.template import FUNCTION_PACKAGES, load_template, resources, schedules

FUNCTIONS = resources("AWS::Serverless::Function")
LONGEST_TIMEOUT = {"PredictFunction": 10, "TrainFunction": 900, "DriftFunction": 300}


def test_template_holds_exactly_the_three_functions() -> None:
    assert FUNCTIONS.keys() == FUNCTION_PACKAGES.keys()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function_states_its_memory_timeout_and_architecture(name: str) -> None:
    memory = FUNCTIONS[name]["MemorySize"]
    if "Ref" in str(memory):
        memory = load_template()["Parameters"][memory["Ref"]]["Default"]
    assert isinstance(memory, int)
    assert FUNCTIONS[name]["Timeout"] == LONGEST_TIMEOUT[name]
    assert load_template()["Globals"]["Function"]["Architectures"] == [{"Ref": "Architecture"}]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function_logs_to_a_group_of_its_own_with_retention(name: str) -> None:
    group = FUNCTIONS[name]["LoggingConfig"]["LogGroup"]["Ref"]
    function_name = FUNCTIONS[name]["FunctionName"]["Fn::Sub"]
    properties = resources("AWS::Logs::LogGroup")[group]
    assert properties["LogGroupName"] == {"Fn::Sub": f"/aws/lambda/{function_name}"}
    assert properties["RetentionInDays"] == {"Fn::If": ["IsProduction", 90, 14]}


@pytest.mark.parametrize(("name", "package"), FUNCTION_PACKAGES.items())
def test_function_starts_its_own_handler(name: str, package: str) -> None:
    properties = FUNCTIONS[name]
    command = properties.get("ImageConfig", {}).get("Command")
    assert (command or [properties["Handler"]]) == [f"{package}.app.handler"]


@pytest.mark.parametrize("name", ["TrainFunction", "DriftFunction"])
def test_image_function_is_built_from_its_dockerfile(name: str) -> None:
    metadata = load_template()["Resources"][name]["Metadata"]
    dockerfile = (ROOT / metadata["Dockerfile"]).read_text()
    package = FUNCTION_PACKAGES[name]
    assert FUNCTIONS[name]["PackageType"] == "Image"
    assert "COPY layers/common/python /opt/python" in dockerfile
    assert f'CMD ["{package}.app.handler"]' in dockerfile
    sources = re.findall(r"^COPY (\S+) ", dockerfile, re.MULTILINE)
    assert [source for source in sources if not (ROOT / source).exists()] == []


def test_globals_name_no_runtime_because_images_refuse_one() -> None:
    assert "Runtime" not in load_template()["Globals"]["Function"]


@pytest.mark.parametrize("name", ["TrainFunction", "DriftFunction"])
def test_scheduled_function_keeps_failed_events(name: str) -> None:
    destination = FUNCTIONS[name]["EventInvokeConfig"]["DestinationConfig"]["OnFailure"]
    [schedule] = schedules(name)
    assert destination["Destination"] == schedule["DeadLetterConfig"]["Arn"]
    queue = destination["Destination"]["Fn::GetAtt"].removesuffix(".Arn")
    assert resources("AWS::SQS::Queue")[queue]["SqsManagedSseEnabled"] is True


@pytest.mark.parametrize("name", ["TrainFunction", "DriftFunction"])
def test_schedule_is_off_outside_production_and_carries_an_event_id(name: str) -> None:
    [schedule] = schedules(name)
    assert schedule["State"] == {"Fn::If": ["RunSchedules", "ENABLED", "DISABLED"]}
    assert schedule["ScheduleExpressionTimezone"] == {"Ref": "ScheduleTimezone"}
    assert json.loads(schedule["Input"])["event_id"] == "<aws.scheduler.execution-id>"


@pytest.mark.parametrize("name", ["train", "drift"])
def test_example_schedule_event_has_the_shape_of_the_schedule(name: str) -> None:
    [schedule] = schedules(f"{name.title()}Function")
    example: dict[str, Any] = json.loads((ROOT / f"events/schedule-{name}.json").read_text())
    assert example.keys() == json.loads(schedule["Input"]).keys()
