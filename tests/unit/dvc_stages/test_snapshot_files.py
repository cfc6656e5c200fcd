"""A snapshot survives being files, and files that were changed are no snapshot."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dvc_stages.snapshot_files import MOVIES, RATINGS, read_snapshot, write_snapshot
from matinee.domain.movies import Movie
from matinee.errors import ArtifactIntegrityError
from matinee.scoring.history import UNKNOWN_TIME
from matinee.stores.snapshot import Snapshot, build_snapshot


@pytest.fixture
def snapshot() -> Snapshot:
    return build_snapshot(
        datetime(2024, 2, 29, 12, 30, 0, 123456, tzinfo=UTC),
        (
            Movie(5, "Éloge de l'amour"),
            Movie(7, "Heat", 1995, ("Crime", "Action"), imdb_id=113277, tmdb_id=949),
        ),
        np.array([1, 3, 3]),
        np.array([5, 5, 7]),
        np.array([0.5, 4.5, 2.0], np.float32),
        np.array([UNKNOWN_TIME, 0, 1_577_923_200]),
    )


def test_snapshot_read_back_is_the_one_written(snapshot: Snapshot, tmp_path: Path) -> None:
    write_snapshot(snapshot, tmp_path, source="postgresql")
    found = read_snapshot(tmp_path)
    assert (found.taken_at, found.movies) == (snapshot.taken_at, snapshot.movies)
    assert found.fingerprint == snapshot.fingerprint
    assert found.user_ids.tolist() == [1, 3]
    for part in ("offsets", "item_indices", "ratings", "times"):
        original, copy = getattr(snapshot.histories, part), getattr(found.histories, part)
        assert (copy.tolist(), copy.dtype) == (original.tolist(), original.dtype)


def test_unknown_time_is_a_null_for_other_tools(snapshot: Snapshot, tmp_path: Path) -> None:
    write_snapshot(snapshot, tmp_path, source="postgresql")
    times = pq.read_table(tmp_path / RATINGS)["rated_at"].to_pylist()
    assert times == [None, datetime(1970, 1, 1, tzinfo=UTC), datetime(2020, 1, 2, tzinfo=UTC)]


def test_same_snapshot_is_written_as_the_same_bytes(snapshot: Snapshot, tmp_path: Path) -> None:
    folders = [tmp_path / "first", tmp_path / "second"]
    for folder in folders:
        write_snapshot(snapshot, folder, source="postgresql")
    first, second = (
        {path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders
    )
    assert first == second


@pytest.mark.parametrize("name", [RATINGS, MOVIES])
def test_changed_files_are_refused(snapshot: Snapshot, tmp_path: Path, name: str) -> None:
    write_snapshot(snapshot, tmp_path, source="postgresql")
    table = pq.read_table(tmp_path / name)
    pq.write_table(table.slice(1) if name == RATINGS else _retitled(table), tmp_path / name)
    with pytest.raises(ArtifactIntegrityError, match="dvc checkout"):
        read_snapshot(tmp_path)


def _retitled(table: pa.Table) -> pa.Table:
    rows = table.to_pylist()
    rows[1]["title"] = "Heat 2"
    return pa.Table.from_pylist(rows)
