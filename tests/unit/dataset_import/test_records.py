import pytest

from dataset_import.errors import SourceError
from dataset_import.records import Malformed, RecordReader, sniff_delimiter


def read(text: str, delimiter: str = ",", width: int = 3, keys: tuple[int, ...] = (0, 1)) -> list:
    lines = iter(text.splitlines(keepends=True))
    return list(RecordReader(lines, delimiter).rest(width=width, keys=keys))


def test_records_have_the_number_of_the_line_they_begin_on() -> None:
    assert read("1,2,3\r\n\r\n4,5,6\n") == [(1, ["1", "2", "3"]), (3, ["4", "5", "6"])]


def test_record_with_another_number_of_fields_is_malformed() -> None:
    rows = read("1,2\n1,2,3\n1,2,3,4\n")
    assert rows == [Malformed(1, "1,2"), (2, ["1", "2", "3"]), Malformed(3, "1,2,3,4")]


def test_record_with_text_over_several_lines_is_one_record() -> None:
    rows = read('1,2,"a\nb"\n4,5,6\n')
    assert rows == [(1, ["1", "2", "a\nb"]), (3, ["4", "5", "6"])]


def test_stray_quote_costs_only_its_own_line() -> None:
    rows = read('1,"2,3\n4,5,6\n7,8,9\n')
    assert rows == [Malformed(1, '1,"2,3'), (2, ["4", "5", "6"]), (3, ["7", "8", "9"])]


def test_two_stray_quotes_that_look_like_one_field_cost_only_their_lines() -> None:
    rows = read('1,"2,3\n4,5,6\n7,"8,9\n1,1,1\n')
    assert [row[0] for row in rows if not isinstance(row, Malformed)] == [2, 4]
    assert [row.line for row in rows if isinstance(row, Malformed)] == [1, 3]


def test_stray_quote_before_more_than_a_field_can_hold_costs_only_its_own_line() -> None:
    n_lines = 30_000
    rows = read('1,"2,3\n' + "4,5,6\n" * n_lines)
    assert rows[0] == Malformed(1, '1,"2,3')
    assert rows[1:] == [(line, ["4", "5", "6"]) for line in range(2, n_lines + 2)]


def test_field_longer_than_csv_allows_is_malformed() -> None:
    rows = read(f"1,2,{'x' * 200_000}\n4,5,6\n")
    assert [row[0] for row in rows] == [1, 2]
    assert isinstance(rows[0], Malformed)


def test_records_between_double_colons_are_split() -> None:
    rows = read("1::2::3\n1::2\n\n4::5::6\n", "::")
    assert rows == [(1, ["1", "2", "3"]), Malformed(2, "1::2"), (4, ["4", "5", "6"])]


@pytest.mark.parametrize("delimiter", ["::", "\t", ";", "|", ","])
def test_delimiter_is_told_from_the_first_line(delimiter: str) -> None:
    assert sniff_delimiter(delimiter.join(["user", "movie", "rating"]), "x.csv") == delimiter


def test_delimiter_of_a_line_without_one_is_asked_for() -> None:
    with pytest.raises(SourceError, match="--delimiter"):
        sniff_delimiter("1 2 3", "x.csv")
