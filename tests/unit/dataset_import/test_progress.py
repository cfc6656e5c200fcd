import sys

import pytest

from dataset_import.progress import Progress
from dataset_import.source import RowStream


def stream(n_rows: int) -> RowStream[int]:
    return RowStream("ratings.csv", iter(range(n_rows)), n_rows, " rows", lambda: n_rows)


def test_progress_elsewhere_than_a_terminal_is_one_line(capsys: pytest.CaptureFixture) -> None:
    assert list(Progress().track(stream(25_000))) == list(range(25_000))
    captured = capsys.readouterr()
    assert captured.err == "read ratings.csv: 25,000 rows\n"
    assert captured.out == ""


def test_progress_on_a_terminal_is_a_bar_with_rows(
    capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert len(list(Progress().track(stream(25_000)))) == 25_000
    error = capsys.readouterr().err
    assert "reading ratings.csv: 100%" in error
    assert "25,000 rows" in error


def test_progress_that_is_not_wanted_shows_nothing(capsys: pytest.CaptureFixture) -> None:
    progress = Progress(enabled=False)
    progress.say("hello")
    progress.download(1, 1)
    assert list(progress.track(stream(3))) == [0, 1, 2]
    assert capsys.readouterr().err == ""


def test_progress_never_holds_more_than_a_batch() -> None:
    taken = 0

    def rows():
        nonlocal taken
        for row in range(1_000_000):
            taken += 1
            yield row

    tracked = Progress(enabled=False).track(RowStream("x", rows(), 1, " rows", lambda: 1))
    next(tracked)
    assert taken == 10_000
