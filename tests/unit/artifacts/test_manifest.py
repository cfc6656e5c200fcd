"""Manifests and champion pointers: round trip, and what is refused."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from matinee.artifacts.manifest import SCHEMA_VERSION, ArtifactManifest, ChampionPointer
from matinee.errors import ArtifactIntegrityError, ArtifactSchemaError
from tests.support.models import SNAPSHOT_AT, build_version

HOSTILE_NAMES = ["", ".", "..", "../v1", "a/b", "a\\b", "/etc", ".hidden", "v1\n", "v\0", "v" * 101]


@pytest.fixture
def document(tmp_path: Path) -> dict[str, Any]:
    """Return a good manifest as plain data."""
    build_version(tmp_path)
    content: dict[str, Any] = json.loads((tmp_path / "v1" / "manifest.json").read_text())
    return content


def parse(document: object) -> ArtifactManifest:
    return ArtifactManifest.from_bytes(json.dumps(document).encode())


def test_manifest_comes_back_unchanged(document: dict[str, Any]) -> None:
    manifest = parse(document)
    assert ArtifactManifest.from_bytes(manifest.to_bytes()) == manifest


def test_manifest_with_fields_of_a_later_minor_change_is_read(document: dict[str, Any]) -> None:
    assert parse(document | {"colour": "blue"}).version == "v1"


def test_manifest_from_before_the_quality_of_lists_was_kept_is_read(
    document: dict[str, Any],
) -> None:
    del document["list_quality"]
    assert parse(document).list_quality == {}


@pytest.mark.parametrize("newer", [SCHEMA_VERSION + 1, 10**30, "2", None, [1]])
def test_manifest_with_another_schema_version_is_refused_as_too_new(
    document: dict[str, Any], newer: object
) -> None:
    with pytest.raises(ArtifactSchemaError, match="deploy the newer functions first"):
        parse(document | {"schema_version": newer})


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"1", b"{}", b"\x80\x04\x95", b"\xff\xfe", b"[" * 100_000],
    ids=lambda content: repr(content[:8]),
)
def test_manifest_of_garbage_is_refused(content: bytes) -> None:
    with pytest.raises(ArtifactIntegrityError):
        ArtifactManifest.from_bytes(content)


@pytest.mark.parametrize("version", HOSTILE_NAMES)
def test_version_that_is_no_folder_name_is_refused(document: dict[str, Any], version: str) -> None:
    with pytest.raises(ArtifactIntegrityError, match="version"):
        parse(document | {"version": version})
    with pytest.raises(ValidationError):
        ChampionPointer(
            version=version, manifest_sha256="0" * 64, promoted_at=SNAPSHOT_AT, reason=""
        )


@pytest.mark.parametrize("name", ["../x.npy", "/tmp/x.npy", "a/b.npy", "x", "x.pkl", "manifest"])
def test_file_name_that_leaves_the_folder_is_refused(document: dict[str, Any], name: str) -> None:
    entry = document["files"]["item_ids.npy"]
    with pytest.raises(ArtifactIntegrityError, match="files"):
        parse(document | {"files": {name: entry}})


@pytest.mark.parametrize(
    ("field", "value"),
    [("sha256", "abc"), ("size", -1), ("dtype", "|O"), ("dtype", "<M8[s]"), ("shape", "6")],
)
def test_file_entry_with_a_wrong_field_is_refused_and_named(
    document: dict[str, Any], field: str, value: object
) -> None:
    document["files"]["item_ids.npy"][field] = value
    with pytest.raises(ArtifactIntegrityError, match=f"item_ids.npy.{field}"):
        parse(document)
