from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from replay.files import LISTS, MEASURES, OUTPUTS, STEPS, write_whole
from replay.plot import first_places, smooth, times_limit
from replay.results import Results
from replay.steps import DriftReport
from tests.support.replays import drifted, measure, step, training

DONE = [step(1), step(2, drift=drifted(), training=training(promoted=True)), step(3, version="v2")]
PNG = b"\x89PNG"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    results = Results(tmp_path, n=10, title="a replay")
    for done in DONE:
        results.add(done)
    results.finish()
    return tmp_path


def test_results_are_all_there_and_nothing_else(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} == set(OUTPUTS)
    assert (folder / "replay.png").read_bytes().startswith(PNG)
    assert "Models that served" in (folder / "replay.txt").read_text()


def test_steps_have_a_row_each_with_both_models_and_the_training(folder: Path) -> None:
    first, second, third = pq.read_table(folder / STEPS).to_pylist()
    assert first["begins"] == datetime(2000, 1, 1, tzinfo=UTC)
    assert (first["ndcg"], first["first_ndcg"], first["rmse"], first["first_rmse"]) == (
        *(0.5, 0.25),
        *(1.0, 1.1),
    )
    assert (first["promoted"], first["training_outcome"]) == (None, None)
    assert (second["promoted"], second["training_reason"]) == (True, "drift: rating")
    assert second["drifted"] == ["rating"]
    assert third["model_version"] == "v2"


def test_measures_have_a_row_for_each_step_and_measure(folder: Path) -> None:
    rows = pq.read_table(folder / MEASURES).to_pylist()
    assert [(row["step"], row["measure"], row["score"], row["verdict"]) for row in rows] == [
        (1, "rating", 0.1, "ok"),
        (2, "rating", 0.4, "drift"),
        (2, "ndcg", None, "not_enough_data"),
        (3, "rating", 0.1, "ok"),
    ]


def test_lists_have_a_row_for_each_user_served(folder: Path) -> None:
    rows = pq.read_table(folder / LISTS).to_pylist()
    assert len(rows) == 6
    assert rows[1] == {
        **{"step": 1, "user_id": 2, "is_new_user": True, "strategy": "popular"},
        **{"ndcg": 0.4, "is_hit": True, "first_ndcg": 0.0, "first_is_hit": False},
    }


def test_tables_are_there_after_the_first_step(tmp_path: Path) -> None:
    Results(tmp_path, n=10, title="a replay").add(step(1))
    assert pq.read_table(tmp_path / STEPS).num_rows == 1


def test_file_that_cannot_be_written_whole_leaves_the_one_before(tmp_path: Path) -> None:
    file = tmp_path / "table"
    file.write_text("whole")

    def fail(draft: Path) -> None:
        draft.write_text("ha")
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        write_whole(file, fail)
    assert [path.name for path in tmp_path.iterdir()] == ["table"]
    assert file.read_text() == "whole"


def test_smoothing_takes_the_last_four_steps_that_have_a_value() -> None:
    assert smooth([1.0, None, 3.0, 5.0, 7.0]) == [1.0, 1.0, 2.0, 3.0, 5.0]


def test_heat_is_one_where_drift_begins_and_unknown_where_not_judged() -> None:
    heat = times_limit(DONE, ["rating", "ndcg"])
    assert heat[0].tolist() == [0.5, 2.0, 0.5]
    assert all(value != value for value in heat[1])


def test_heat_stays_below_one_for_what_chance_can_do() -> None:
    report = DriftReport("r1", "no_drift", "", [measure("hour", 0.4) | {"chance": 0.8}])
    assert times_limit([step(1, drift=report)], ["hour"]).tolist() == [[0.5]]


def test_each_model_is_named_where_it_begins() -> None:
    assert first_places(DONE) == [0, 2]
