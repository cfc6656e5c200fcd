"""The project's own template is one that the emulator can run."""

import pytest

from lambda_emulator.apis import read_http_api
from lambda_emulator.functions import read_functions
from lambda_emulator.schedule_expressions import CronTimes
from lambda_emulator.spec import Schedule
from lambda_emulator.template import Template
from tests.support.source import ROOT


def test_every_function_of_the_project_is_found_with_its_code() -> None:
    template = Template.load(ROOT / "template.yaml")

    specs = {
        spec.logical_id: spec
        for spec in read_functions(template, {"Parameters": {"MODEL_BUCKET": "bucket"}})
    }

    assert set(specs) == {"PredictFunction", "TrainFunction", "DriftFunction"}
    for spec in specs.values():
        package = spec.handler.split(".")[0]
        assert (spec.code_root / package).is_dir()
        assert [(path / "matinee").is_dir() for path in spec.import_paths] == [True]
        assert spec.environment["STAGE"] == "local"


def test_every_route_of_the_project_has_a_function() -> None:
    api = read_http_api(Template.load(ROOT / "template.yaml"))

    assert api is not None
    assert {"PredictFunction", "TrainFunction", "DriftFunction"} == {
        route.function for route in api.routes
    }


def _schedules(**parameters: str) -> dict[str, Schedule]:
    template = Template.load(ROOT / "template.yaml", parameters=parameters)
    specs = read_functions(template, {"Parameters": {"MODEL_BUCKET": "bucket"}})
    return {schedule.name: schedule for spec in specs for schedule in spec.schedules}


@pytest.mark.parametrize(
    ("parameters", "enabled"),
    [
        ({}, False),
        ({"Stage": "staging"}, False),
        ({"Stage": "production"}, True),
        ({"Schedules": "enabled"}, True),
        ({"Stage": "production", "Schedules": "disabled"}, False),
    ],
)
def test_schedules_of_the_project_run_in_production_or_when_asked_for(
    parameters: dict[str, str], enabled: bool
) -> None:
    schedules = _schedules(**parameters)

    assert set(schedules) == {"local-train", "local-drift"}
    assert {schedule.enabled for schedule in schedules.values()} == {enabled}


def test_schedules_of_the_project_are_read_whole() -> None:
    template = Template.load(ROOT / "template.yaml")

    for name, schedule in _schedules(ScheduleTimezone="Europe/Berlin").items():
        queue = f"local-{name.removeprefix('local-').title()}DeadLetters"
        assert isinstance(schedule.expression, CronTimes)
        assert schedule.expression.zone.key == "Europe/Berlin"
        assert schedule.window_seconds == 900
        assert schedule.delivery.max_retries == 5
        assert schedule.delivery.dead_letter_queue == queue
        assert "<aws.scheduler.execution-id>" in (schedule.payload or "")
        assert queue in template.queue_names()


def test_failed_events_of_the_project_go_to_the_queues_of_the_schedules() -> None:
    template = Template.load(ROOT / "template.yaml")
    specs = read_functions(template, {"Parameters": {"MODEL_BUCKET": "bucket"}})

    queues = {spec.logical_id: spec.async_policy.dead_letter_queue for spec in specs}

    assert queues == {
        "PredictFunction": None,
        "TrainFunction": "local-TrainDeadLetters",
        "DriftFunction": "local-DriftDeadLetters",
    }
