from datetime import UTC, datetime

import pytest

from dataset_import.checks import check_ratings, parse_id, parse_time
from dataset_import.records import Malformed
from matinee.stores.import_rows import Reject

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def judge(user: str, movie: str, rating: str, time: str = "") -> object:
    (judged,) = check_ratings([(7, user, movie, rating, time)], NOW)
    return judged


@pytest.mark.parametrize(
    ("fields", "row"),
    [
        (("1", "31", "2.5", "1260759144"), (7, 1, 31, 2.5, 1260759144)),
        (("1", "31", "2.5"), (7, 1, 31, 2.5, None)),
        (("1.0", "31.0", "5"), (7, 1, 31, 5.0, None)),
        ((" 1", "31 ", " 0.5", " "), (7, 1, 31, 0.5, None)),
        (("1", "31", "4", "2009-12-14"), (7, 1, 31, 4.0, 1260748800)),
        (("1", "31", "4", "1260759144500"), (7, 1, 31, 4.0, 1260759144.5)),
        (("9223372036854775807", "1", "4"), (7, 2**63 - 1, 1, 4.0, None)),
    ],
    ids=["plain", "no-time", "ids-as-floats", "spaces", "iso-date", "milliseconds", "largest-id"],
)
def test_rating_that_is_fine_is_kept(fields: tuple[str, ...], row: tuple[object, ...]) -> None:
    assert judge(*fields) == row


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        (("x", "1", "4"), "not_a_number"),
        (("", "1", "4"), "not_a_number"),
        (("0", "1", "4"), "not_a_number"),
        (("-3", "1", "4"), "not_a_number"),
        (("1.5", "1", "4"), "not_a_number"),
        (("1_0", "1", "4"), "not_a_number"),
        (("1", "9223372036854775808", "4"), "not_a_number"),
        (("1", "1", "good"), "not_a_number"),
        (("1", "1", "nan"), "not_a_number"),
        (("1", "1", "inf"), "not_a_number"),
        (("1", "1", ""), "not_a_number"),
        (("1", "1", "0"), "off_scale"),
        (("1", "1", "5.5"), "off_scale"),
        (("1", "1", "4", "yesterday"), "broken_date"),
        (("1", "1", "4", "2009-13-14"), "broken_date"),
        (("1", "1", "4", "-1"), "broken_date"),
        (("1", "1", "4", "2026-01-03"), "broken_date"),
        (("1", "1", "4", "nan"), "broken_date"),
        (("1\udce9", "1", "4"), "malformed"),
        (("1", "1", "4\0"), "malformed"),
    ],
)
def test_rating_that_is_bad_is_rejected_by_kind(fields: tuple[str, ...], kind: str) -> None:
    assert judge(*fields) == Reject(7, kind, ",".join(fields).rstrip(","))


def test_rating_whose_row_is_malformed_keeps_its_line_and_text() -> None:
    assert list(check_ratings([Malformed(3, "1,2")], NOW)) == [Reject(3, "malformed", "1,2")]


@pytest.mark.parametrize("text", ["1_000", "١٢", "+5", "1e3", "99999999999999999999", "0"])
def test_id_in_another_spelling_is_none(text: str) -> None:
    assert parse_id(text) is None


@pytest.mark.parametrize(
    "text", ["2009-12-14T02:52:24Z", "2009-12-14 02:52:24", "2009-12-14T03:52:24+01:00"]
)
def test_time_in_iso_8601_is_utc_unless_it_says(text: str) -> None:
    assert parse_time(text) == 1260759144
