from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from matinee_cli.servers import git_revision


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
    command = ["git", "-C", str(folder), *identity, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "--quiet")
    (tmp_path / "file").write_text("one")
    git(tmp_path, "add", "file")
    git(tmp_path, "commit", "--quiet", "--no-verify", "-m", "one")
    git(tmp_path, "tag", "v1")
    return tmp_path


def test_git_revision_of_a_clean_clone_is_its_commit(repository: Path) -> None:
    assert git_revision(repository) == git(repository, "rev-parse", "HEAD")


def test_git_revision_of_changed_files_says_so(repository: Path) -> None:
    (repository / "file").write_text("two")
    assert git_revision(repository) == git(repository, "rev-parse", "HEAD") + "-dirty"


def test_git_revision_without_a_repository_is_unknown(repository: Path) -> None:
    inside = repository / "unpacked"
    inside.mkdir()
    assert git_revision(inside) == ""


def test_git_revision_without_git_is_unknown(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    assert git_revision(repository) == ""
