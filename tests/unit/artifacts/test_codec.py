"""Arrays to files and back, and every way in which a file can be wrong."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from matinee.artifacts.codec import check_file, map_array, write_arrays
from matinee.artifacts.manifest import FileEntry
from matinee.errors import ArtifactIntegrityError

ARRAY = np.arange(6, dtype=np.float32).reshape(3, 2)


@pytest.fixture
def entry(tmp_path: Path) -> FileEntry:
    """Write the array and return its entry."""
    return write_arrays(tmp_path, {"numbers": ARRAY})["numbers.npy"]


@pytest.fixture
def path(tmp_path: Path, entry: FileEntry) -> Path:
    """Return where the array is."""
    return tmp_path / "numbers.npy"


def test_array_written_is_described_and_mapped_unchanged(path: Path, entry: FileEntry) -> None:
    check_file(path, entry)
    mapped = map_array(path.parent, "numbers", entry)
    assert np.array_equal(mapped, ARRAY)
    assert not mapped.flags.writeable
    assert (entry.dtype, entry.shape, entry.size) == ("<f4", (3, 2), path.stat().st_size)


def test_array_in_fortran_order_is_written_row_by_row(tmp_path: Path) -> None:
    (entry,) = write_arrays(tmp_path, {"numbers": np.asfortranarray(ARRAY)}).values()
    assert map_array(tmp_path, "numbers", entry).flags.c_contiguous


def test_per_user_arrays_are_marked(tmp_path: Path) -> None:
    entries = write_arrays(tmp_path, {"user_ids": np.array([1]), "user_block_ids": np.array([1])})
    assert entries["user_ids.npy"].per_user
    assert not entries["user_block_ids.npy"].per_user


@pytest.mark.parametrize(
    "array",
    [np.array([1.0, np.nan]), np.array([np.inf]), np.array(["text", None], object)],
    ids=["NaN", "infinite", "objects"],
)
def test_array_of_no_numbers_is_refused_by_name(tmp_path: Path, array: NDArray[Any]) -> None:
    with pytest.raises(ArtifactIntegrityError, match="broken"):
        write_arrays(tmp_path, {"broken": array})


def test_file_with_one_bit_changed_is_refused_by_name(path: Path, entry: FileEntry) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(ArtifactIntegrityError, match=r"numbers\.npy .* checksum"):
        check_file(path, entry)


def test_file_truncated_is_refused_by_name_and_size(path: Path, entry: FileEntry) -> None:
    path.write_bytes(path.read_bytes()[:-4])
    with pytest.raises(ArtifactIntegrityError, match=r"numbers\.npy has 148 bytes.* 152"):
        check_file(path, entry)


@pytest.mark.parametrize(
    "changes", [{"shape": (2, 3)}, {"shape": (6,)}, {"dtype": "<f8"}], ids=lambda c: str(c)
)
def test_file_of_another_shape_or_type_is_refused(
    path: Path, entry: FileEntry, changes: dict[str, object]
) -> None:
    with pytest.raises(ArtifactIntegrityError, match=r"numbers\.npy"):
        map_array(path.parent, "numbers", entry.model_copy(update=changes))


def pickled(path: Path) -> None:
    np.save(path, np.array([{"a": 1}], object), allow_pickle=True)


def garbage(path: Path) -> None:
    path.write_bytes(b"not an array at all")


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("spoil", [pickled, garbage, empty, Path.unlink])
def test_file_that_is_no_array_is_refused_and_never_unpickled(
    path: Path, entry: FileEntry, spoil: Callable[[Path], None]
) -> None:
    spoil(path)
    with pytest.raises(ArtifactIntegrityError, match=r"numbers\.npy"):
        map_array(path.parent, "numbers", entry)
