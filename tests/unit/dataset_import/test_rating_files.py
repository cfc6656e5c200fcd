import gzip
from pathlib import Path

import pytest

from dataset_import.columns import ColumnNames
from dataset_import.errors import SourceError
from dataset_import.members import file_member
from dataset_import.rating_files import open_ratings


def read(path: Path, names: ColumnNames | None = None, delimiter: str | None = None) -> list:
    with open_ratings(file_member(path), names or ColumnNames(), delimiter) as stream:
        return list(stream.rows)


EXPECTED = [("1", "31", "2.5", "99"), ("2", "32", "4", "98")]


@pytest.mark.parametrize(
    ("text", "first_line"),
    [
        ("userId,movieId,rating,timestamp\n1,31,2.5,99\n2,32,4,98\n", 2),
        ("\ufeffuser_id;item_id;rating;time\r\n1;31;2.5;99\r\n2;32;4;98\r\n", 2),
        ("rating|User|extra|Movie|date\n2.5|1|x|31|99\n4|2|y|32|98\n", 2),
        ('"userId"\t"item"\t"stars"\t"ts"\n"1"\t"31"\t"2.5"\t"99"\n2\t32\t4\t98', 2),
        ("1\t31\t2.5\t99\n2\t32\t4\t98\n", 1),
        ("1::31::2.5::99\n2::32::4::98\n", 1),
        ("1,31,2.5,99\n2,32,4,98", 1),
    ],
    ids=["movielens", "semicolons-bom", "other-order", "quoted", "u.data", "dat", "headerless"],
)
def test_ratings_in_any_table_are_found(tmp_path: Path, text: str, first_line: int) -> None:
    path = tmp_path / "ratings.txt"
    path.write_text(text, encoding="utf-8", newline="")
    rows = read(path)
    assert [row[1:] for row in rows] == EXPECTED
    assert [row[0] for row in rows] == [first_line, first_line + 1]


def test_ratings_without_a_time_have_an_empty_one(tmp_path: Path) -> None:
    path = tmp_path / "ratings.dat"
    path.write_text("1::31::5\n")
    assert read(path) == [(1, "1", "31", "5", "")]


def test_ratings_in_a_gzip_are_read_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv.gz"
    path.write_bytes(gzip.compress(b"user,movie,rating\n1,31,5\n"))
    assert read(path) == [(2, "1", "31", "5", "")]


def test_ratings_columns_go_by_the_names_told(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("who,what,how,rating\n1,31,5,bad\n")
    assert read(path, ColumnNames("who", "what", "how")) == [(2, "1", "31", "5", "")]


def test_ratings_columns_without_a_header_go_by_number(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("5,31,1\n")
    assert read(path, ColumnNames(user="3", rating="1")) == [(1, "1", "31", "5", "")]


@pytest.mark.parametrize(
    ("text", "names", "message"),
    [
        ("", ColumnNames(), "empty"),
        ("a,b,c\n1,2,3\n", ColumnNames(), "--user-column"),
        ("user,movie,rating\n1,2,3\n", ColumnNames(user="who"), "no column who"),
        ("1,2\n", ColumnNames(), "fewer than three"),
        ("user movie rating\n", ColumnNames(), "--delimiter"),
    ],
    ids=["empty", "unknown-names", "told-name-missing", "two-fields", "no-delimiter"],
)
def test_ratings_file_that_cannot_be_understood_says_what_to_do(
    tmp_path: Path, text: str, names: ColumnNames, message: str
) -> None:
    path = tmp_path / "x.csv"
    path.write_text(text)
    with pytest.raises(SourceError, match=message):
        read(path, names)


def test_damaged_gzip_is_said_to_be_damaged(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv.gz"
    path.write_bytes(gzip.compress(b"user,movie,rating\n" + b"1,31,5\n" * 5000)[:60])
    with pytest.raises(SourceError, match=r"ratings\.csv\.gz is damaged or incomplete"):
        read(path)
