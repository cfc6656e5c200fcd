"""The command line of the emulator, as far as it refuses."""

from pathlib import Path

import pytest

from lambda_emulator.__main__ import main


def test_missing_template_is_named_without_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--template", str(tmp_path / "none.yaml")]) == 1
    assert "none.yaml" in capsys.readouterr().err


@pytest.mark.parametrize("content", ["[1]", "{", '{"Fn": 1}'])
def test_overrides_of_the_wrong_form_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    overrides = tmp_path / "env.json"
    overrides.write_text(content)

    assert main(["--env-vars", str(overrides)]) == 1
    assert "env.json" in capsys.readouterr().err


def test_parameter_without_a_value_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--parameter", "Stage"]) == 1
    assert "NAME=VALUE" in capsys.readouterr().err


def test_help_shows_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--help"])

    assert left.value.code == 0
    assert "example:" in capsys.readouterr().out
