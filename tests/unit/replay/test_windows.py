from datetime import UTC, datetime, timedelta

import pytest

from replay.errors import ReplayError
from replay.windows import Window, cut_windows, parse_date, parse_step


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(("text", "days"), [("13w", 91), ("30d", 30), ("1w", 7), (" 2W ", 14)])
def test_step_is_read_in_weeks_and_days(text: str, days: int) -> None:
    assert parse_step(text) == timedelta(days=days)


@pytest.mark.parametrize("text", ["", "13", "w", "0w", "-1w", "1.5w", "6m", "13 weeks"])
def test_other_step_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ReplayError, match="13w"):
        parse_step(text)


def test_date_begins_at_midnight_utc() -> None:
    assert parse_date("2000-02-29") == day("2000-02-29")


@pytest.mark.parametrize("text", ["2000", "2001-02-29", "2000-01-01T12:00", "01.01.2000"])
def test_other_date_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ReplayError, match="2000-01-01"):
        parse_date(text)


def test_windows_follow_each_other_and_the_last_one_ends_with_the_time() -> None:
    assert cut_windows(day("2000-01-01"), day("2000-01-18"), timedelta(weeks=1)) == [
        Window(1, day("2000-01-01"), day("2000-01-08")),
        Window(2, day("2000-01-08"), day("2000-01-15")),
        Window(3, day("2000-01-15"), day("2000-01-18")),
    ]


def test_windows_of_whole_steps_leave_no_empty_one() -> None:
    assert len(cut_windows(day("2000-01-01"), day("2000-01-15"), timedelta(weeks=1))) == 2


def test_windows_of_no_time_are_refused() -> None:
    with pytest.raises(ReplayError, match="--from 2000-01-01"):
        cut_windows(day("2000-01-01"), day("2000-01-01"), timedelta(weeks=1))


def test_window_names_the_days_in_it() -> None:
    assert str(Window(1, day("2000-01-01"), day("2000-01-08"))) == "2000-01-01..2000-01-07"
