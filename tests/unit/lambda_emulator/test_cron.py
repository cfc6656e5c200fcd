"""AWS's cron expressions, on a calendar that a reader can check."""

from datetime import datetime
from itertools import islice

import pytest

from lambda_emulator.cron import parse_cron

# March 2026 begins on a Sunday; so does February, and May on a Friday.
START = datetime(2026, 2, 28, 23, 59)


def _first(expression: str, count: int = 3, start: datetime = START) -> list[str]:
    found = islice(parse_cron(expression).after(start), count)
    return [f"{moment:%Y-%m-%d %H:%M}" for moment in found]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("0 3 * * ? *", ["2026-03-01 03:00", "2026-03-02 03:00", "2026-03-03 03:00"]),
        ("0/15 8-9 * * ? *", ["2026-03-01 08:00", "2026-03-01 08:15", "2026-03-01 08:30"]),
        ("5,35 0 1 * ? *", ["2026-03-01 00:05", "2026-03-01 00:35", "2026-04-01 00:05"]),
        ("*/30 12 1-31/10 * ? *", ["2026-03-01 12:00", "2026-03-01 12:30", "2026-03-11 12:00"]),
        ("0 18 ? * MON-FRI *", ["2026-03-02 18:00", "2026-03-03 18:00", "2026-03-04 18:00"]),
        ("0 0 ? * 1 *", ["2026-03-01 00:00", "2026-03-08 00:00", "2026-03-15 00:00"]),
        ("0 0 ? * SAT,sun *", ["2026-03-01 00:00", "2026-03-07 00:00", "2026-03-08 00:00"]),
        ("0 0 1 jan,JUL ? *", ["2026-07-01 00:00", "2027-01-01 00:00", "2027-07-01 00:00"]),
        ("0 0 1 1/6 ? 2028", ["2028-01-01 00:00", "2028-07-01 00:00"]),
        ("0 0 31 * ? *", ["2026-03-31 00:00", "2026-05-31 00:00", "2026-07-31 00:00"]),
        ("0 0 29 2 ? *", ["2028-02-29 00:00", "2032-02-29 00:00", "2036-02-29 00:00"]),
        ("0 8 1 * ? 2024-2026/2", ["2026-03-01 08:00", "2026-04-01 08:00", "2026-05-01 08:00"]),
    ],
)
def test_values_lists_ranges_and_steps(expression: str, expected: list[str]) -> None:
    assert _first(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("0 0 L * ? *", ["2026-03-31 00:00", "2026-04-30 00:00", "2026-05-31 00:00"]),
        ("0 0 1,L * ? *", ["2026-03-01 00:00", "2026-03-31 00:00", "2026-04-01 00:00"]),
        ("0 0 ? * L *", ["2026-03-07 00:00", "2026-03-14 00:00", "2026-03-21 00:00"]),
        ("0 0 ? * 6L *", ["2026-03-27 00:00", "2026-04-24 00:00", "2026-05-29 00:00"]),
        ("0 0 ? * FRIL *", ["2026-03-27 00:00", "2026-04-24 00:00", "2026-05-29 00:00"]),
        ("0 0 ? * 3#2 *", ["2026-03-10 00:00", "2026-04-14 00:00", "2026-05-12 00:00"]),
        ("0 0 ? * MON#5 *", ["2026-03-30 00:00", "2026-06-29 00:00", "2026-08-31 00:00"]),
        # The 1st is a Sunday and stays in its month; the 15th is a Sunday, a Wednesday, a Friday.
        ("0 0 1W 3 ? *", ["2026-03-02 00:00", "2027-03-01 00:00", "2028-03-01 00:00"]),
        ("0 0 15W * ? *", ["2026-03-16 00:00", "2026-04-15 00:00", "2026-05-15 00:00"]),
        # 1 August is a Saturday, 31 May a Sunday, and 31 October a Saturday.
        ("0 0 1W 8 ? 2026", ["2026-08-03 00:00"]),
        (
            "0 0 31W * ? 2026",
            [
                "2026-03-31 00:00",
                "2026-05-29 00:00",
                "2026-07-31 00:00",
            ],
        ),
        ("0 0 LW * ? 2026", ["2026-03-31 00:00", "2026-04-30 00:00", "2026-05-29 00:00"]),
    ],
)
def test_last_days_workdays_and_nth_weekdays(expression: str, expected: list[str]) -> None:
    assert _first(expression) == expected


def test_times_come_strictly_after_the_moment() -> None:
    on_time = datetime(2026, 3, 1, 3)

    assert _first("0 3 * * ? *", 1, on_time) == ["2026-03-02 03:00"]


@pytest.mark.parametrize("expression", ["0 0 31 2 ? *", "0 0 1 1 ? 1999"])
def test_expression_that_never_comes_true_has_no_times(expression: str) -> None:
    assert _first(expression) == []


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("0 3 * * *", "six fields"),
        ("0 3 * * * *", "must be"),
        ("0 3 ? * ? *", "must be"),
        ("60 3 * * ? *", "minute '60' is not 0-59"),
        ("0 24 * * ? *", "hour '24'"),
        ("0 3 0 * ? *", "day of month '0'"),
        ("0 3 32W * ? *", "day of month '32'"),
        ("0 3 * 13 ? *", "month '13' is not 1-12 or JAN-DEC"),
        ("0 3 ? * 8 *", "day of week '8'"),
        ("0 3 ? * MON#6 *", "occurrence of a day '6'"),
        ("0 3 ? * 3#1,6#3 *", "occurrence of a day '1,6#3'"),
        ("0 3 ? * MOON *", "MOON"),
        ("0 3 * * ? 1969", "year '1969'"),
        ("0/0 3 * * ? *", "whole number after the slash"),
        ("30-10 3 * * ? *", "must run upwards"),
        ("-5 3 * * ? *", "minute ''"),
    ],
)
def test_expression_that_aws_refuses_is_refused_and_its_field_named(
    expression: str, message: str
) -> None:
    with pytest.raises(ValueError, match=message.replace("(", r"\(")):
        parse_cron(expression)
