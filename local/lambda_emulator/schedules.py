"""Reads the schedules of a function out of a template."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from lambda_emulator.errors import TemplateError
from lambda_emulator.intrinsics import Unresolved
from lambda_emulator.schedule_expressions import At, ScheduleExpression, parse_expression
from lambda_emulator.spec import DeliveryPolicy, Schedule
from lambda_emulator.template import Place, queue_name

_RULE = "Schedule"  # a rule of EventBridge, the older kind
_SCHEDULE = "ScheduleV2"  # a schedule of EventBridge Scheduler


def read_schedules(logical_id: str, events: Mapping[str, Any], place: Place) -> Iterable[Schedule]:
    """Read every schedule among a function's events, those that are off too.

    Raises
    ------
    TemplateError
        If one could not be deployed, or is on and depends on what only the cloud knows.
    """
    for name, event in events.items():
        if event.get("Type") not in (_RULE, _SCHEDULE):
            continue
        try:
            yield _read(f"{logical_id}{name}", event["Type"], event.get("Properties") or {}, place)
        except ValueError as error:
            raise TemplateError(f"{logical_id}: schedule {name}: {error}") from error


def _read(logical_id: str, kind: str, properties: Mapping[str, Any], place: Place) -> Schedule:
    name = str(properties.get("Name", logical_id))
    enabled = (
        properties.get("State", "ENABLED") == "ENABLED" and properties.get("Enabled", True) is True
    )
    expression, written = _expression(properties, enabled=enabled)
    is_once = isinstance(expression, At)  # then AWS ignores both dates
    group = properties.get("GroupName", "default")
    path = f"rule/{name}" if kind == _RULE else f"schedule/{group}/{name}"
    service = "events" if kind == _RULE else "scheduler"
    return Schedule(
        name=name,
        arn=f"arn:aws:{service}:{place.region}:{place.account_id}:{path}",
        expression=expression,
        written=written,
        enabled=enabled,
        payload=_payload(properties.get("Input")),
        start=None if is_once else _date(properties.get("StartDate")),
        end=None if is_once else _date(properties.get("EndDate")),
        window_seconds=_window_seconds(properties.get("FlexibleTimeWindow") or {}),
        delivery=_delivery(logical_id, properties),
    )


def _expression(
    properties: Mapping[str, Any], *, enabled: bool
) -> tuple[ScheduleExpression | None, str]:
    text = properties.get("ScheduleExpression", properties.get("Schedule"))
    zone = properties.get("ScheduleExpressionTimezone", "UTC")
    written = f"{text} {zone}"
    unknown = [value for value in (text, zone) if isinstance(value, Unresolved)]
    if not unknown:
        return parse_expression(str(text), str(zone)), written
    if enabled:
        raise ValueError(f"only the cloud knows {unknown[0]}")
    return None, written


def _payload(given: Any) -> str | None:
    if given is None or isinstance(given, Unresolved):
        return None
    try:
        json.loads(given)
    except ValueError as error:
        raise ValueError(f"its Input is not JSON: {error}") from error
    return str(given)


def _date(given: Any) -> datetime | None:
    if given is None:
        return None
    # YAML reads an unquoted date by itself.
    moment = given if isinstance(given, datetime) else datetime.fromisoformat(str(given))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _window_seconds(window: Mapping[str, Any]) -> float:
    if window.get("Mode", "OFF") == "OFF":
        return 0.0
    minutes = int(window.get("MaximumWindowInMinutes", 0))
    if not 1 <= minutes <= 1440:
        raise ValueError("a flexible window needs MaximumWindowInMinutes from 1 to 1440")
    return minutes * 60.0


def _delivery(logical_id: str, properties: Mapping[str, Any]) -> DeliveryPolicy:
    retry = properties.get("RetryPolicy") or {}
    dead_letters = properties.get("DeadLetterConfig") or {}
    default = DeliveryPolicy()
    queue = dead_letters.get("Arn")
    if queue is None and dead_letters.get("Type") == "SQS":  # SAM then makes one
        queue = dead_letters.get("QueueLogicalId", f"{logical_id}Queue")
    return DeliveryPolicy(
        max_retries=int(retry.get("MaximumRetryAttempts", default.max_retries)),
        max_age_seconds=float(retry.get("MaximumEventAgeInSeconds", default.max_age_seconds)),
        dead_letter_queue=queue_name(queue),
    )
