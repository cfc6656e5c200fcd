import pytest

from matinee.stores.bulk_load import _LineReader
from matinee.stores.import_rows import MovieRow, Reject, movie_line, rating_line


def test_rating_line_without_a_time_has_a_null() -> None:
    assert rating_line((2, 1, 31, 4.5, None)) == "2\t1\t31\t4.5\t\\N\t\\N\t\\N\n"


def test_movie_line_escapes_what_copy_and_arrays_mean_otherwise() -> None:
    line = movie_line(MovieRow(2, 1, "a\tb\\c\n", None, ('x"y', "z\\")))
    assert line == '2\t1\ta\\tb\\\\c\\n\t\\N\t{"x\\\\"y","z\\\\\\\\"}\t\\N\t\\N\n'


def test_reject_line_shows_bytes_that_are_no_text() -> None:
    line = rating_line(Reject(2, "malformed", "1\udce9\0"))
    assert line == "2\t\\N\t\\N\t\\N\t\\N\tmalformed\t1\\\\xe9\\\\0\n"


@pytest.mark.parametrize("size", [7, 65_536])
def test_line_reader_takes_only_what_it_gives(size: int) -> None:
    taken = 0

    def lines():
        nonlocal taken
        for _ in range(100_000):
            taken += 1
            yield "1234567890\n"

    reader = _LineReader(lines())
    assert len(reader.read(size)) <= size
    assert taken <= 4096
