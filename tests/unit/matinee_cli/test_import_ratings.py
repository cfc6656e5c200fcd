import pytest

from matinee_cli.main import main


def test_import_help_names_sources_rejects_and_examples(capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["import", "--help"])
    text = capsys.readouterr().out
    assert ended.value.code == 0
    for expected in ("packaged", "ml-latest-small", "unknown_movie", "matinee import ratings.csv"):
        assert expected in text


def test_import_without_a_database_says_how_to_get_one(
    capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert main(["import"]) == 1
    error = capsys.readouterr().err
    assert "matinee services" in error and error.count("\n") == 1


@pytest.mark.parametrize(
    "address",
    [
        "mysql://matinee:hush@127.0.0.1/matinee",
        "postgresql://matinee:hush@127.0.0.1:1/matinee",
        "postgresql://matinee:x@hush@127.0.0.1:1/matinee",
        "postgresql://matinee:hush/x@127.0.0.1:1/matinee",
        "hush",
    ],
)
def test_import_into_no_database_never_shows_the_password(
    address: str, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", address)
    assert main(["import", "--quiet"]) == 1
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1
    assert "hush" not in captured.err + captured.out


@pytest.mark.parametrize(
    "arguments",
    [["--max-reject-share", "2"], ["--max-reject-share", "many"], ["--delimiter", "ab"]],
)
def test_import_with_an_option_out_of_range_is_refused(
    arguments: list[str], capsys: pytest.CaptureFixture
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["import", *arguments])
    assert ended.value.code == 2
    assert arguments[0] in capsys.readouterr().err
