"""A version in a folder, ready to answer or refused by name."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from matinee.artifacts.model import load_model
from matinee.errors import ArtifactIntegrityError
from matinee.scoring.factor_rater import FactorRater
from matinee.scoring.neighbor_rater import NeighborRater
from tests.support.models import HISTORIES, MOVIES, build_arrays, build_version


def test_model_loaded_knows_its_movies_and_users(tmp_path: Path) -> None:
    build_version(tmp_path)
    model = load_model(tmp_path / "v1")
    assert model.catalogue.movies(np.arange(len(MOVIES))) == list(MOVIES)
    assert isinstance(model.rater, FactorRater)
    assert [model.users.find(user_id) is not None for user_id in (*HISTORIES, 3)] == [
        True,
        True,
        False,
    ]


@pytest.mark.parametrize("name", ["item_ids", "ranker_weights", "item_factors", "user_ids"])
def test_model_without_an_array_it_needs_is_refused_by_name(tmp_path: Path, name: str) -> None:
    arrays, _ = build_arrays()
    del arrays[name]
    build_version(tmp_path, arrays=arrays)
    with pytest.raises(ArtifactIntegrityError, match=name):
        load_model(tmp_path / "v1")


@pytest.mark.parametrize("name", ["item_years.npy", "user_ids.npy"])
def test_model_with_a_missing_file_is_refused_by_name(tmp_path: Path, name: str) -> None:
    build_version(tmp_path)
    (tmp_path / "v1" / name).unlink()
    with pytest.raises(ArtifactIntegrityError, match=name):
        load_model(tmp_path / "v1")


def test_model_without_a_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtifactIntegrityError, match="v9 has no manifest"):
        load_model(tmp_path / "v9")


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("item_years", np.zeros(5, np.int16)),
        ("item_genres", np.zeros((6, 9), bool)),
        ("item_title_offsets", np.zeros(6, np.int64)),
        ("ranker_weights", np.zeros((4, 3), np.float32)),
        ("item_biases", np.zeros((6, 1), np.float32)),
        ("user_factors", np.zeros((2, 5), np.float32)),
        ("history_offsets", np.zeros(2, np.int64)),
        ("history_times", np.zeros(9, np.int64)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_model_whose_arrays_do_not_fit_together_is_refused_by_name(
    tmp_path: Path, name: str, array: NDArray[Any]
) -> None:
    arrays, _ = build_arrays()
    build_version(tmp_path, arrays=arrays | {name: array})
    with pytest.raises(ArtifactIntegrityError, match=name):
        load_model(tmp_path / "v1")


@pytest.mark.parametrize("with_biases", [True, False])
def test_model_with_neighbors_gets_a_neighbor_rater(tmp_path: Path, with_biases: bool) -> None:
    arrays, _ = build_arrays()
    for name in ("item_factors", "user_factors", *([] if with_biases else ["item_biases"])):
        del arrays[name]
    arrays |= {
        "similar_offsets": np.zeros(len(MOVIES) + 1, np.int64),
        "similar_items": np.zeros(0, np.int32),
        "similarities": np.zeros(0, np.float64),
    }
    build_version(tmp_path, arrays=arrays, rater_kind="neighbors")
    rater = load_model(tmp_path / "v1").rater
    assert isinstance(rater, NeighborRater)
    assert (rater.item_biases is not None) == with_biases
