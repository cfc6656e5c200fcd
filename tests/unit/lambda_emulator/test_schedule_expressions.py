"""When a schedule is due: rates, times on the wall, and what summer time does to them."""

from datetime import UTC, datetime

import pytest

from lambda_emulator.schedule_expressions import parse_expression

BEGAN = datetime(2026, 1, 1, 0, 10, tzinfo=UTC)


def _next(expression: str, after: str, *, zone: str = "UTC", count: int = 1) -> list[str]:
    parsed = parse_expression(expression, zone)
    moment, found = datetime.fromisoformat(f"{after}+00:00"), []
    while len(found) < count:
        due = parsed.next_after(moment, first=BEGAN)
        if due is None:
            break
        moment = due
        found.append(f"{due.astimezone(UTC):%Y-%m-%dT%H:%M}")
    return found


def test_rate_is_due_at_its_beginning_and_then_at_even_intervals() -> None:
    assert _next("rate(5 minutes)", "2026-01-01T00:09", count=3) == [
        "2026-01-01T00:10",
        "2026-01-01T00:15",
        "2026-01-01T00:20",
    ]
    assert _next("rate(1 hour)", "2026-01-01T03:10") == ["2026-01-01T04:10"]


def test_day_of_a_rate_has_24_hours_whatever_the_clock_does() -> None:
    assert _next("rate(1 day)", "2026-03-28T00:10", zone="Europe/Berlin", count=2) == [
        "2026-03-29T00:10",
        "2026-03-30T00:10",
    ]


def test_cron_follows_its_time_zone_through_the_year() -> None:
    assert _next("cron(0 3 1 * ? *)", "2026-03-01T12:00", zone="Europe/Berlin", count=1) == [
        "2026-04-01T01:00"
    ]
    assert _next("cron(0 3 1 * ? *)", "2026-10-15T12:00", zone="Europe/Berlin", count=1) == [
        "2026-11-01T02:00"
    ]


def test_time_that_the_clock_skips_in_spring_is_left_out() -> None:
    # On 29 March 2026 Berlin has no 02:30.
    assert _next("cron(30 2 * * ? *)", "2026-03-27T12:00", zone="Europe/Berlin", count=3) == [
        "2026-03-28T01:30",
        "2026-03-30T00:30",
        "2026-03-31T00:30",
    ]


def test_time_that_the_clock_shows_twice_in_autumn_is_due_once() -> None:
    # On 1 November 2026 New York has 01:30 twice, at 05:30 and at 06:30 UTC.
    assert _next("cron(30 * * * ? *)", "2026-11-01T04:00", zone="America/New_York", count=3) == [
        "2026-11-01T04:30",
        "2026-11-01T05:30",
        "2026-11-01T07:30",
    ]
    assert _next("cron(45 1 * * ? *)", "2026-11-01T06:00", zone="America/New_York") == [
        "2026-11-02T06:45"
    ]


def test_cron_is_not_due_before_its_beginning() -> None:
    assert _next("cron(0 0 * * ? *)", "2020-01-01T00:00") == ["2026-01-02T00:00"]


def test_one_time_is_due_once_in_its_zone() -> None:
    at = "at(2026-07-01T09:00:00)"

    assert _next(at, "2026-01-01T00:00", zone="Asia/Kolkata", count=2) == ["2026-07-01T03:30"]
    assert _next(at, "2026-07-02T00:00", zone="Asia/Kolkata") == []


@pytest.mark.parametrize(
    ("expression", "zone", "message"),
    [
        ("every day", "UTC", "neither rate"),
        ("rate(0 minutes)", "UTC", "positive whole number"),
        ("rate(90 seconds)", "UTC", "minutes, hours or days"),
        ("at(tomorrow)", "UTC", "a time such as"),
        ("cron(0 3 * * *)", "UTC", "six fields"),
        ("rate(1 day)", "Middle-earth/Shire", "not a time zone"),
        ("rate(1 day)", "../etc", "not a time zone"),
    ],
)
def test_what_cannot_be_understood_is_refused(expression: str, zone: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_expression(expression, zone)
