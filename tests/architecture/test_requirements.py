"""The lock files name packages and hashes, and nothing about where they came from."""

from pathlib import Path

import pytest

from tests.support.source import ROOT

LOCK_FILES = sorted((ROOT / "requirements").glob("*.txt"))


@pytest.mark.parametrize("path", LOCK_FILES, ids=lambda path: path.name)
def test_lock_file_holds_no_address(path: Path) -> None:
    text = path.read_text()
    assert "://" not in text
    assert "--index-url" not in text and "--find-links" not in text


@pytest.mark.parametrize("path", LOCK_FILES, ids=lambda path: path.name)
def test_lock_file_pins_and_hashes_every_package(path: Path) -> None:
    pins = path.read_text().replace("\\\n", "").splitlines()
    unpinned = [line for line in pins if "==" not in line or "--hash=sha256:" not in line]
    assert pins and unpinned == []


@pytest.mark.parametrize("group", ["predict", "train", "drift", "mlflow", "ui", "local"])
def test_deployed_versions_are_the_tested_versions(group: str) -> None:
    tested = set((ROOT / "requirements/dev.txt").read_text().split())
    pins = [
        word for word in (ROOT / f"requirements/{group}.txt").read_text().split() if "==" in word
    ]
    assert [pin for pin in pins if pin not in tested] == []
