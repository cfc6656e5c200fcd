from __future__ import annotations

import sys

import pytest

from matinee.errors import UnavailableError
from matinee_cli import migrate
from matinee_cli.main import COMMANDS, main


def test_help_names_every_command_and_imports_none(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, _ in COMMANDS.values():
        monkeypatch.delitem(sys.modules, module, raising=False)
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert all(f"    {name}" in shown for name in COMMANDS)
    assert not {module for module, _ in COMMANDS.values()} & sys.modules.keys()


@pytest.mark.parametrize("command", COMMANDS)
def test_command_has_a_help_of_its_own(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert f"usage: matinee {command}" in capsys.readouterr().out


@pytest.mark.parametrize("argv", [[], ["no-such-command"]], ids=["nothing", "unknown"])
def test_wrong_command_is_refused_with_the_usage(
    argv: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(argv)
    assert ended.value.code == 2
    assert "usage: matinee" in capsys.readouterr().err


def test_expected_error_is_one_line_without_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_args: object) -> int:
        raise UnavailableError("PostgreSQL is on holiday")

    monkeypatch.setattr(migrate, "run", fail)
    assert main(["migrate"]) == 1
    assert capsys.readouterr().err == "matinee: PostgreSQL is on holiday\n"


def test_migrate_without_a_database_url_names_the_variable(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert main(["migrate"]) == 1
    assert "DATABASE_URL" in capsys.readouterr().err
