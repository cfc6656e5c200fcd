"""Schedules of a template, ready to be followed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lambda_emulator.errors import TemplateError
from lambda_emulator.intrinsics import Unresolved
from lambda_emulator.schedule_expressions import Rate
from lambda_emulator.schedules import read_schedules
from lambda_emulator.spec import DeliveryPolicy, Schedule
from lambda_emulator.template import Place


def _read(kind: str = "ScheduleV2", **properties: Any) -> Schedule:
    if kind == "ScheduleV2":
        properties = {"ScheduleExpression": "rate(1 hour)", **properties}
    events = {"Hourly": {"Type": kind, "Properties": properties}, "Web": {"Type": "HttpApi"}}
    (found,) = read_schedules("Fn", events, Place())
    return found


def test_schedule_that_says_little_has_the_defaults_of_aws() -> None:
    schedule = _read()

    assert schedule.expression == Rate(timedelta(hours=1))
    assert (schedule.name, schedule.enabled, schedule.window_seconds) == ("FnHourly", True, 0)
    assert schedule.arn == ("arn:aws:scheduler:us-east-1:123456789012:schedule/default/FnHourly")
    assert schedule.delivery == DeliveryPolicy(max_retries=185, max_age_seconds=86_400)
    assert (schedule.payload, schedule.start, schedule.end) == (None, None, None)


def test_everything_that_a_schedule_says_is_read() -> None:
    schedule = _read(
        Name="often",
        GroupName="chores",
        ScheduleExpressionTimezone="Europe/Berlin",
        State="DISABLED",
        Input='{"a": 1}',
        StartDate="2026-03-01T00:00:00Z",
        EndDate="2026-04-01T02:00:00+02:00",
        FlexibleTimeWindow={"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 15},
        RetryPolicy={"MaximumRetryAttempts": 5, "MaximumEventAgeInSeconds": 3600},
        DeadLetterConfig={"Arn": "arn:aws:sqs:us-east-1:123456789012:lost"},
    )

    assert schedule.arn.endswith("schedule/chores/often")
    assert schedule.written == "rate(1 hour) Europe/Berlin"
    assert (schedule.enabled, schedule.payload) == (False, '{"a": 1}')
    assert schedule.start == datetime(2026, 3, 1, tzinfo=UTC)
    assert schedule.end == datetime(2026, 4, 1, tzinfo=UTC)
    assert schedule.window_seconds == 900
    assert schedule.delivery == DeliveryPolicy(5, 3600, "lost")


def test_rule_of_the_older_kind_is_read_too() -> None:
    schedule = _read("Schedule", Schedule="rate(2 days)", Enabled=False)

    assert schedule.arn == "arn:aws:events:us-east-1:123456789012:rule/FnHourly"
    assert schedule.enabled is False


@pytest.mark.parametrize(
    ("config", "queue"),
    [({"Type": "SQS"}, "FnHourlyQueue"), ({"Type": "SQS", "QueueLogicalId": "Q"}, "Q")],
)
def test_queue_that_sam_would_make_is_known_by_its_name(config: dict[str, str], queue: str) -> None:
    assert _read(DeadLetterConfig=config).delivery.dead_letter_queue == queue


def test_dates_of_a_one_time_schedule_count_for_nothing() -> None:
    schedule = _read(
        ScheduleExpression="at(2026-01-01T00:00:00)",
        StartDate="2027-01-01T00:00:00",
        EndDate="2027-01-01T00:00:00",
    )

    assert (schedule.start, schedule.end) == (None, None)


def test_expression_that_only_the_cloud_knows_is_fine_while_the_schedule_is_off() -> None:
    unknown = Unresolved("!Ref FromElsewhere")

    assert _read(ScheduleExpression=unknown, State="DISABLED").expression is None
    with pytest.raises(TemplateError, match="Hourly: only the cloud knows !Ref FromElsewhere"):
        _read(ScheduleExpression=unknown)


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        ({"ScheduleExpression": "rate(1 fortnight)"}, "Fn: schedule Hourly: rate"),
        ({"State": "DISABLED", "ScheduleExpression": "cron(1)"}, "six fields"),
        ({"Input": "not json"}, "Input is not JSON"),
        ({"StartDate": "soon"}, "soon"),
        ({"FlexibleTimeWindow": {"Mode": "FLEXIBLE"}}, "from 1 to 1440"),
    ],
)
def test_schedule_that_could_not_be_deployed_is_refused(
    properties: dict[str, Any], message: str
) -> None:
    with pytest.raises(TemplateError, match=message):
        _read(**properties)
