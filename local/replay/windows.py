"""The steps of a replay: windows of time, one after the other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from replay.errors import ReplayError

_DAYS = {"d": 1, "w": 7}


@dataclass(frozen=True, slots=True)
class Window:
    """The time from `begins` until before `ends`; `number` counts from 1."""

    number: int
    begins: datetime
    ends: datetime

    def __str__(self) -> str:
        """Name its days, the last one included."""
        return f"{self.begins:%Y-%m-%d}..{self.ends - timedelta(microseconds=1):%Y-%m-%d}"


def parse_step(text: str) -> timedelta:
    """Read a length such as 13w or 30d."""
    found = re.fullmatch(r"([1-9]\d{0,4})([dw])", text.strip().lower())
    if found is None:
        raise ReplayError(f"{text!r} is no step: write weeks as 13w, days as 30d")
    return timedelta(days=int(found[1]) * _DAYS[found[2]])


def parse_date(text: str) -> datetime:
    """Read a day such as 2000-01-01; it begins at midnight UTC."""
    try:
        return datetime.strptime(text.strip(), "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise ReplayError(f"{text!r} is no date: write it as 2000-01-01") from None


def cut_windows(begin: datetime, end: datetime, step: timedelta) -> list[Window]:
    """Cut the time from `begin` to `end` into steps; the last one may be shorter."""
    if end <= begin:
        raise ReplayError(
            f"nothing to replay: the ratings, or --until, end on {end:%Y-%m-%d}, "
            f"which is not after --from {begin:%Y-%m-%d}"
        )
    n_windows = -((begin - end) // step)
    return [
        Window(number + 1, begin + number * step, min(begin + (number + 1) * step, end))
        for number in range(n_windows)
    ]
