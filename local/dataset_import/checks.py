"""What speaks against a row of ratings by itself; repeated pairs and unknown movies come later."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from dataset_import.records import Malformed
from matinee.domain.ratings import STARS
from matinee.stores.import_rows import RatingRow, Reject

RawRating = tuple[int, str, str, str, str]
"""Line, user, movie, rating and time as the file has them; an empty time is unknown."""

NOT_A_NUMBER = "not_a_number"
OFF_SCALE = "off_scale"
BROKEN_DATE = "broken_date"
MALFORMED = "malformed"

MAX_ID = 2**63 - 1
_MILLISECONDS_BEGIN = 10**11  # as seconds this would be the year 5138
_DAY_SECONDS = 86_400


def check_ratings(
    rows: Iterable[RawRating | Malformed], now: datetime | None = None
) -> Iterator[RatingRow | Reject]:
    """Turn what a file says into ratings, and what is none into rejects.

    A time after tomorrow counts as broken: it would stay the newest one for ever.
    """
    latest = (now or datetime.now(UTC)).timestamp() + _DAY_SECONDS
    low, high = STARS.low, STARS.high
    for row in rows:
        if isinstance(row, Malformed):
            yield Reject(row.line, MALFORMED, row.raw)
            continue
        line, user, movie, rating, time = row
        try:
            user_id, movie_id, stars = int(user), int(movie), float(rating)
            seconds = float(time) if time else None
        except ValueError:
            yield _look_closely(row, latest)
            continue
        if (
            0 < user_id <= MAX_ID
            and 0 < movie_id <= MAX_ID
            and low <= stars <= high
            and (seconds is None or 0 <= seconds <= latest)
            and "_" not in user
            and "_" not in movie
            and "_" not in rating
        ):
            yield line, user_id, movie_id, stars, seconds
        else:
            yield _look_closely(row, latest)


def _look_closely(row: RawRating, latest: float) -> RatingRow | Reject:
    """Judge a row that is not as plain as most."""
    line, *fields = row
    user, movie, rating, time = fields
    raw = ",".join(fields).rstrip(",")
    if not is_text(raw):
        return Reject(line, MALFORMED, raw)
    user_id, movie_id, stars = parse_id(user), parse_id(movie), _parse_number(rating)
    if user_id is None or movie_id is None or stars is None:
        return Reject(line, NOT_A_NUMBER, raw)
    if not STARS.low <= stars <= STARS.high:
        return Reject(line, OFF_SCALE, raw)
    seconds = parse_time(time) if time.strip() else None
    if time.strip() and (seconds is None or not 0 <= seconds <= latest):
        return Reject(line, BROKEN_DATE, raw)
    return line, user_id, movie_id, stars, seconds


def is_text(text: str) -> bool:
    """Tell whether PostgreSQL can hold it: no undecodable bytes, no NUL."""
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:  # surrogates, which stand for bytes that are not UTF-8
        return False


def parse_id(text: str, largest: int = MAX_ID) -> int | None:
    """Read a positive whole number; "12.0" is one, as tables with gaps write their integers."""
    digits = text.strip().removesuffix(".0")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 19:
        return None
    value = int(digits)
    return value if 0 < value <= largest else None


def parse_time(text: str) -> float | None:
    """Read seconds or milliseconds since 1970, or an ISO 8601 date, in UTC unless it says."""
    number = _parse_number(text)
    if number is not None:
        return number / 1000 if number > _MILLISECONDS_BEGIN else number
    try:
        moment = datetime.fromisoformat(text.strip())
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return aware.timestamp()
    except (ValueError, OverflowError):
        return None


def _parse_number(text: str) -> float | None:
    if "_" in text:  # Python reads 1_000 as a number, files do not mean it
        return None
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
