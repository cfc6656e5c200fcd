"""Versions come from the bucket once, are checked, and are kept on disk."""

import hashlib
import os
from pathlib import Path

import numpy as np
import pytest

from matinee.artifacts.manifest import ChampionPointer
from matinee.artifacts.users import LocalUserArrays, RemoteUserArrays, user_history
from matinee.errors import (
    ArtifactIntegrityError,
    ArtifactNotFoundError,
    ArtifactSchemaError,
    ArtifactStoreUnavailableError,
)
from matinee.stores.model_store import CHAMPION_KEY, ModelStore
from tests.support.models import HISTORIES, build_version


class FolderBucket:
    """A bucket in a folder, with the reading half of `S3Reader`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.read_keys: list[str] = []
        self.is_down = False

    def get(self, key: str, byte_range: tuple[int, int] | None = None) -> bytes:
        if self.is_down:
            raise ArtifactStoreUnavailableError(f"s3://bucket/{key} cannot be read")
        self.read_keys.append(key)
        try:
            content = (self.folder / key).read_bytes()
        except FileNotFoundError as error:
            raise ArtifactNotFoundError(f"s3://bucket/{key} does not exist") from error
        return content if byte_range is None else content[slice(*byte_range)]

    def promote(self, pointer: ChampionPointer) -> None:
        (self.folder / CHAMPION_KEY).write_text(pointer.model_dump_json())


@pytest.fixture
def bucket(tmp_path: Path) -> FolderBucket:
    """Return a bucket with the champion v1."""
    bucket = FolderBucket(tmp_path / "bucket")
    bucket.promote(build_version(bucket.folder / "models"))
    return bucket


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def store_of(bucket: FolderBucket, cache: Path, *, inline_user_bytes: int = 2**20) -> ModelStore:
    return ModelStore(bucket, cache_folder=cache, inline_user_bytes=inline_user_bytes)  # type: ignore[arg-type]


@pytest.fixture
def store(bucket: FolderBucket, cache: Path) -> ModelStore:
    return store_of(bucket, cache)


def test_champion_is_loaded_whole_and_kept_on_disk(
    store: ModelStore, bucket: FolderBucket, cache: Path
) -> None:
    model = store.load(store.champion())
    assert model.manifest.version == "v1"
    assert isinstance(model.users, LocalUserArrays)
    bucket.read_keys.clear()
    assert store_of(bucket, cache).load(store.champion()).manifest.version == "v1"
    assert bucket.read_keys == [CHAMPION_KEY]
    assert [path.name for path in cache.iterdir()] == ["v1"]


def test_champion_before_any_promotion_is_not_found_and_says_what_to_do(
    store: ModelStore, bucket: FolderBucket
) -> None:
    (bucket.folder / CHAMPION_KEY).unlink()
    with pytest.raises(ArtifactNotFoundError, match="train one"):
        store.champion()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"null",
        b'{"version": "../v1", "manifest_sha256": "", "promoted_at": "2020-01-01", "reason": ""}',
    ],
)
def test_champion_pointer_of_garbage_is_refused(
    store: ModelStore, bucket: FolderBucket, content: bytes
) -> None:
    (bucket.folder / CHAMPION_KEY).write_bytes(content)
    with pytest.raises(ArtifactIntegrityError, match=CHAMPION_KEY):
        store.champion()


def test_copy_on_disk_that_is_damaged_is_fetched_again(
    store: ModelStore, bucket: FolderBucket, cache: Path
) -> None:
    pointer = store.champion()
    store.load(pointer)
    path = cache / "v1" / "item_ids.npy"
    path.write_bytes(path.read_bytes()[:-1])
    (cache / "v1" / "item_years.npy").unlink()
    assert store.load(pointer).catalogue.row(10) == 0


@pytest.mark.parametrize("name", ["item_ids.npy", "history_items.npy", "manifest.json"])
def test_version_damaged_in_the_bucket_is_refused_by_name_and_not_kept(
    store: ModelStore, bucket: FolderBucket, cache: Path, name: str
) -> None:
    path = bucket.folder / "models" / "v1" / name
    content = bytearray(path.read_bytes())
    content[-2] ^= 1
    path.write_bytes(content)
    with pytest.raises(ArtifactIntegrityError, match=name.partition(".")[0]):
        store.load(store.champion())
    assert not list(cache.iterdir())


def test_version_with_a_missing_file_is_not_found_by_name_and_not_kept(
    store: ModelStore, bucket: FolderBucket, cache: Path
) -> None:
    (bucket.folder / "models" / "v1" / "item_years.npy").unlink()
    with pytest.raises(ArtifactNotFoundError, match=r"models/v1/item_years\.npy"):
        store.load(store.champion())
    assert not list(cache.iterdir())


def test_version_with_a_newer_schema_is_refused(store: ModelStore, bucket: FolderBucket) -> None:
    path = bucket.folder / "models" / "v1" / "manifest.json"
    content = path.read_bytes().replace(b'"schema_version": 1', b'"schema_version": 2')
    path.write_bytes(content)
    sha256 = hashlib.sha256(content).hexdigest()
    pointer = store.champion().model_copy(update={"manifest_sha256": sha256})
    with pytest.raises(ArtifactSchemaError):
        store.load(pointer)


def test_version_without_the_bucket_is_unavailable(store: ModelStore, bucket: FolderBucket) -> None:
    pointer = store.champion()
    bucket.is_down = True
    with pytest.raises(ArtifactStoreUnavailableError):
        store.load(pointer)


def test_version_on_disk_needs_no_bucket(store: ModelStore, bucket: FolderBucket) -> None:
    pointer = store.champion()
    store.load(pointer)
    bucket.is_down = True
    assert store.load(pointer).manifest.version == "v1"


def test_users_beyond_the_inline_size_stay_in_the_bucket_and_are_read_by_range(
    bucket: FolderBucket, cache: Path
) -> None:
    whole = store_of(bucket, cache.with_name("whole")).load(store_of(bucket, cache).champion())
    ranged = store_of(bucket, cache, inline_user_bytes=0).load(store_of(bucket, cache).champion())
    assert isinstance(ranged.users, RemoteUserArrays)
    assert not (cache / "v1" / "user_ids.npy").exists()
    for user_id in (*HISTORIES, 3):
        row = whole.users.find(user_id)
        assert ranged.users.find(user_id) == row
        if row is not None:
            expected = user_history(whole.users, row).item_indices
            assert np.array_equal(user_history(ranged.users, row).item_indices, expected)


def test_other_versions_are_forgotten(store: ModelStore, bucket: FolderBucket, cache: Path) -> None:
    store.load(store.champion())
    second = build_version(bucket.folder / "models", "v2")
    store.load(second)
    store.forget_all_but({"v2"})
    assert [path.name for path in cache.iterdir()] == ["v2"]


def test_download_that_was_killed_long_ago_is_removed_one_under_way_is_not(
    bucket: FolderBucket, tmp_path: Path
) -> None:
    store = store_of(bucket, tmp_path)
    old, new = tmp_path / ".partial-old", tmp_path / ".partial-new"
    old.mkdir()
    new.mkdir()
    os.utime(old, (0, 0))
    store.forget_all_but(set())
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == [new.name]


def test_version_that_the_disk_cannot_take_is_an_artifact_error(
    bucket: FolderBucket, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(b"")
    store = store_of(bucket, tmp_path / "file" / "cache")
    with pytest.raises(ArtifactStoreUnavailableError, match="cannot be kept"):
        store.load(store.champion())
