"""Choosing, fitting and searching raters."""

import sys
from pathlib import Path

import numpy as np
import pytest

import trainer.rater
from matinee.errors import FitDivergedError, NotEnoughMemoryError
from matinee.evaluation.metrics import rmse
from matinee.evaluation.splits import HoldOut
from matinee.scoring.histories import Histories
from trainer.algorithms import ALGORITHMS
from trainer.rater import fit_rater, predict_test_ratings, search_parameters


def rated_by_taste(rng: np.random.Generator) -> Histories:
    """Half of the users love even rows and hate odd ones; the others the reverse."""
    n_users, n_rated = 40, 15
    items = np.concatenate([rng.choice(20, n_rated, replace=False) for _ in range(n_users)])
    users = np.repeat(np.arange(n_users), n_rated)
    ratings = np.where((users + items) % 2 == 0, 5.0, 1.0).astype(np.float32)
    offsets = np.arange(0, n_users * n_rated + 1, n_rated)
    return Histories(offsets, items.astype(np.int32), ratings, np.arange(len(items)))


@pytest.mark.parametrize("name", ["SVD", "KNNBasic", "KNNBaseline"])
def test_rater_predicts_taste_better_than_the_mean(name: str, rng: np.random.Generator) -> None:
    histories = rated_by_taste(rng)
    is_test = np.arange(len(histories)) % 15 >= 12
    split = HoldOut(histories.keep(~is_test), histories.keep(is_test))
    fitted = fit_rater(ALGORITHMS[name](), split.train, n_items=20, seed=0)
    error = rmse(split.test.ratings, predict_test_ratings(fitted, split))
    assert error < 0.75 * rmse(split.test.ratings, np.full(len(split.test), 3.0))


def test_fit_that_diverges_is_refused(rng: np.random.Generator) -> None:
    wild = ALGORITHMS["SVD"].model_validate({"lr_all": 1, "reg_all": 0, "n_epochs": 100})
    with pytest.raises(FitDivergedError, match="not finite"), np.errstate(all="ignore"):
        fit_rater(wild, rated_by_taste(rng), n_items=20, seed=0)


def test_neighbors_that_do_not_fit_into_memory_are_refused_before_the_fit(
    rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trainer.rater, "available_bytes", lambda: 1000)
    with pytest.raises(NotEnoughMemoryError, match="choose SVD"):
        fit_rater(ALGORITHMS["KNNBasic"](), rated_by_taste(rng), n_items=20, seed=0)


def test_memory_of_a_function_is_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "64")
    assert trainer.rater.available_bytes() <= 64 * 2**20


def test_memory_counts_caches_as_available(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", raising=False)
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal:  9000 kB\nMemFree:   10 kB\nMemAvailable:    5000 kB\n")
    assert trainer.rater.available_bytes(meminfo) == 5000 * 1024


def test_memory_of_a_machine_that_does_not_tell_is_no_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", raising=False)
    assert trainer.rater.available_bytes(tmp_path / "no-such-file") == sys.maxsize


def test_search_is_at_least_as_good_as_the_defaults_and_repeatable(
    rng: np.random.Generator,
) -> None:
    histories = rated_by_taste(rng)
    given = ALGORITHMS["BaselineOnly"]()
    found = [search_parameters(given, histories, n_items=20, seed=1) for _ in range(2)]
    assert found[0] == found[1]
    assert type(found[0]) is type(given)


def test_pruning_keeps_the_strongest_similarities_of_each_movie(rng: np.random.Generator) -> None:
    histories = rated_by_taste(rng)
    everything = fit_rater(ALGORITHMS["KNNBasic"](), histories, n_items=20, seed=0)
    pruned = fit_rater(
        ALGORITHMS["KNNBasic"].model_validate({"max_pairs": 100}), histories, n_items=20, seed=0
    )
    assert np.diff(pruned.exported.item_arrays["similar_offsets"]).max() == 100 // 20
    for kept, row in zip(
        pruned.surprise_algorithm.sim, everything.surprise_algorithm.sim, strict=True
    ):
        assert kept[kept > 0].min() >= np.sort(row)[-5]
