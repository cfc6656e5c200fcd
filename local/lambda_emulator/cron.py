"""AWS's cron expressions: six fields, with ``?``, ``L``, ``W`` and ``#``.

Times here are wall-clock times without a zone; `schedule_expressions` gives them one.

References
----------
https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cron-expressions.html
"""

import calendar
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

Days = Iterable[int]
DaysOfMonth = Callable[[int, int], Days]  # (year, month) -> days that match


@dataclass(frozen=True)
class _Field:
    """The values that one field may have, and the names that some of them go by."""

    name: str
    first: int
    last: int
    names: tuple[str, ...] = ()

    def values(self, text: str) -> tuple[int, ...]:
        """Expand a list of values, ranges and steps."""
        return tuple(sorted({value for part in text.split(",") for value in self._span(part)}))

    def number(self, text: str) -> int:
        """Read one value, given as a number or a name."""
        if text in self.names:
            return self.first + self.names.index(text)
        if not text.isdecimal() or not self.first <= int(text) <= self.last:
            known = f" or {self.names[0]}-{self.names[-1]}" if self.names else ""
            raise ValueError(f"{self.name} {text!r} is not {self.first}-{self.last}{known}")
        return int(text)

    def _span(self, part: str) -> range:
        span, slash, step = part.partition("/")
        if slash and not (step.isdecimal() and int(step) > 0):
            raise ValueError(f"{self.name} {part!r} needs a whole number after the slash")
        if span == "*":
            first, last = self.first, self.last
        elif "-" in span:
            first, last = map(self.number, span.split("-", 1))
        else:
            first = self.number(span)
            last = self.last if slash else first
        if first > last:
            raise ValueError(f"{self.name} {part!r} must run upwards")
        return range(first, last + 1, int(step or 1))


_MINUTE = _Field("minute", 0, 59)
_HOUR = _Field("hour", 0, 23)
_DAY = _Field("day of month", 1, 31)
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_MONTH = _Field("month", 1, 12, _MONTHS)
_WEEKDAY = _Field("day of week", 1, 7, ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"))
_YEAR = _Field("year", 1970, 2199)
_OCCURRENCE = _Field("occurrence of a day", 1, 5)
_SATURDAY, _SUNDAY = 7, 1


@dataclass(frozen=True)
class Cron:
    """One expression, ready to be asked for times."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: DaysOfMonth = field(compare=False)
    months: tuple[int, ...]
    years: tuple[int, ...]

    def after(self, moment: datetime) -> Iterator[datetime]:
        """Yield every matching wall-clock time later than `moment`, in order."""
        for day in self._dates(moment.date()):
            for hour in self.hours:
                for minute in self.minutes:
                    found = datetime(day.year, day.month, day.day, hour, minute)
                    if found > moment:
                        yield found

    def _dates(self, start: date) -> Iterator[date]:
        for year in self.years:
            for month in self.months:
                if (year, month) < (start.year, start.month):
                    continue
                length = _length(year, month)
                days = sorted(day for day in self.days(year, month) if day <= length)
                yield from (d for day in days if (d := date(year, month, day)) >= start)


def parse_cron(text: str) -> Cron:
    """Read the six fields; a ValueError says which one is wrong."""
    fields = text.upper().split()
    if len(fields) != 6:
        raise ValueError(
            "cron needs six fields (minute, hour, day of month, month, day of week, year), "
            f"not {len(fields)}"
        )
    minutes, hours, day_of_month, months, day_of_week, years = fields
    if (day_of_month == "?") == (day_of_week == "?"):
        raise ValueError("one of day of month and day of week must be '?', and only one")
    return Cron(
        minutes=_MINUTE.values(minutes),
        hours=_HOUR.values(hours),
        days=_by_weekday(day_of_week) if day_of_month == "?" else _by_date(day_of_month),
        months=_MONTH.values(months),
        years=_YEAR.values(years),
    )


def _by_date(text: str) -> DaysOfMonth:
    rules = [_date_rule(part) for part in text.split(",")]
    return lambda year, month: {day for rule in rules for day in rule(year, month)}


def _date_rule(part: str) -> DaysOfMonth:
    if part == "L":
        return lambda year, month: (_length(year, month),)
    if part == "LW":
        return lambda year, month: _nearest_workday(year, month, _length(year, month))
    if part.endswith("W"):
        wanted = _DAY.number(part[:-1])
        return lambda year, month: _nearest_workday(year, month, wanted)
    days = _DAY.values(part)
    return lambda _year, _month: days


def _by_weekday(text: str) -> DaysOfMonth:
    if "#" in text:
        name, _, occurrence = text.partition("#")
        weekday, nth = _WEEKDAY.number(name), _OCCURRENCE.number(occurrence)
        return lambda year, month: _days_on(year, month, (weekday,))[nth - 1 : nth]
    if text == "L":  # the last day of the week, every week
        return lambda year, month: _days_on(year, month, (_SATURDAY,))
    if text.endswith("L"):
        last = _WEEKDAY.number(text[:-1])
        return lambda year, month: _days_on(year, month, (last,))[-1:]
    weekdays = _WEEKDAY.values(text)
    return lambda year, month: _days_on(year, month, weekdays)


def _nearest_workday(year: int, month: int, wanted: int) -> Days:
    """Move from a weekend to the nearest workday without leaving the month."""
    length = _length(year, month)
    if wanted > length:
        return ()
    weekday = _weekday(year, month, wanted)
    if weekday == _SATURDAY:
        return (wanted - 1 if wanted > 1 else wanted + 2,)
    if weekday == _SUNDAY:
        return (wanted + 1 if wanted < length else wanted - 2,)
    return (wanted,)


def _days_on(year: int, month: int, weekdays: tuple[int, ...]) -> list[int]:
    days = range(1, _length(year, month) + 1)
    return [day for day in days if _weekday(year, month, day) in weekdays]


def _weekday(year: int, month: int, day: int) -> int:
    """Number the days of a week from 1, Sunday, to 7, Saturday."""
    return date(year, month, day).isoweekday() % 7 + 1


def _length(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]
