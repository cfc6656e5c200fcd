"""Schedule expressions: ``rate(...)``, ``cron(...)`` and ``at(...)``, in a time zone.

References
----------
https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lambda_emulator.cron import Cron, parse_cron

_CALL = re.compile(r"\s*(rate|cron|at)\((.*)\)\s*")
_RATE = re.compile(r"\s*([1-9]\d*)\s+(minute|hour|day)s?\s*")


class ScheduleExpression(Protocol):
    """Knows when a schedule is due."""

    def next_after(self, moment: datetime, *, first: datetime) -> datetime | None:
        """Return the first time later than `moment`; `first` is when the schedule begins."""
        ...


@dataclass(frozen=True)
class Rate:
    """Due when the schedule begins, and then at even intervals; a day is 24 hours."""

    interval: timedelta

    def next_after(self, moment: datetime, *, first: datetime) -> datetime | None:
        """Return the first time later than `moment`; `first` is when the schedule begins."""
        if moment < first:
            return first
        return first + ((moment - first) // self.interval + 1) * self.interval


@dataclass(frozen=True)
class At:
    """Due once, whatever the schedule's start and end dates say."""

    moment: datetime

    def next_after(self, moment: datetime, *, first: datetime) -> datetime | None:  # noqa: ARG002
        """Return the one time, unless it is over."""
        return self.moment if self.moment > moment else None


@dataclass(frozen=True)
class CronTimes:
    """Due by the clock on the wall.

    As AWS has it: a time that the clock skips in spring is left out, and one that it shows twice
    in autumn is due once, the first time.
    """

    cron: Cron
    zone: ZoneInfo

    def next_after(self, moment: datetime, *, first: datetime) -> datetime | None:
        """Return the first time later than `moment` that is not before `first`."""
        moment = max(moment, first - timedelta(microseconds=1))
        on_the_wall = moment.astimezone(self.zone).replace(tzinfo=None)
        for found in self.cron.after(on_the_wall):
            due = found.replace(tzinfo=self.zone).astimezone(UTC)
            exists = due.astimezone(self.zone).replace(tzinfo=None) == found
            if exists and due > moment:
                return due
        return None


def parse_expression(text: str, zone_name: str) -> ScheduleExpression:
    """Read an expression; a ValueError says what is wrong with it."""
    zone = _zone(zone_name)
    call = _CALL.fullmatch(text)
    if call is None:
        raise ValueError(f"{text!r} is neither rate(...) nor cron(...) nor at(...)")
    kind, argument = call.groups()
    if kind == "cron":
        return CronTimes(parse_cron(argument), zone)
    if kind == "at":
        return At(_local_time(argument).replace(tzinfo=zone).astimezone(UTC))
    rate = _RATE.fullmatch(argument)
    if rate is None:
        raise ValueError(
            f"rate({argument}) needs a positive whole number of minutes, hours or days"
        )
    return Rate(timedelta(**{f"{rate[2]}s": int(rate[1])}))


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"{name!r} is not a time zone such as Europe/Berlin") from None


def _local_time(text: str) -> datetime:
    try:
        return datetime.strptime(text.strip(), "%Y-%m-%dT%H:%M:%S")
    except ValueError:
        raise ValueError(f"at({text}) needs a time such as 2026-03-01T03:00:00") from None
