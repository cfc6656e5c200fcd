"""`matinee replay` as a user knows it: from a folder of ratings to a table, a plot and Parquet."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pyarrow.parquet as pq
import pytest

from tests.support.folders import folder_for_servers
from tests.support.processes import started_with

pytestmark = pytest.mark.integration

GONE_SECONDS = 15
N_MOVIES = 40
DAY, BEGIN = 86_400, 946_684_800  # 2000-01-01
QUIET, SHIFTED = 0, 10
"""Days after the begin on which users rate as ever, and on which all give half a star."""


@dataclass(frozen=True)
class Played:
    """A replay that ended, and what it left behind."""

    output: str
    folder: Path
    steps: list[dict[str, Any]]
    measures: list[dict[str, Any]]


def write_ratings(folder: Path) -> Path:
    """Users of even id rate even movies, the others odd ones: before, and in three weeks."""
    rng = np.random.default_rng(7)
    rows = []
    unseen = {
        user: rng.permutation([m for m in range(1, N_MOVIES + 1) if (m + user) % 2 == 0]).tolist()
        for user in range(1, 91)
    }
    for users, day, n_ratings, shifted in (
        (range(1, 61), -30, 10, False),
        (range(1, 41), QUIET, 3, False),
        (range(21, 71), SHIFTED, 4, True),
        (range(41, 91), SHIFTED + 7, 3, True),
    ):
        for user in users:
            for number in range(n_ratings):
                stars = 0.5 if shifted else int(rng.integers(6, 11)) / 2
                time = BEGIN + day * DAY + user * 600 + number
                rows.append(f"{user},{unseen[user].pop()},{stars},{time}")
    movies = [f"{m},Movie {m} (1990),{'Drama' if m % 2 else 'Comedy'}" for m in range(1, 41)]
    folder.mkdir()
    (folder / "ratings.csv").write_text("\n".join(["userId,movieId,rating,timestamp", *rows]))
    (folder / "movies.csv").write_text("\n".join(["movieId,title,genres", *movies]))
    return folder


@pytest.fixture(scope="module")
def played() -> Iterator[Played]:
    with folder_for_servers() as folder:
        output = play(write_ratings(folder / "ml-tiny"), folder)
        yield Played(
            output=output,
            folder=folder,
            steps=pq.read_table(folder / "results/steps.parquet").to_pylist(),
            measures=pq.read_table(folder / "results/drift_measures.parquet").to_pylist(),
        )


def play(source: Path, folder: Path) -> str:
    """Replay from beginning to end, and return what was printed."""
    variables = ("DRIFT_MIN_RATINGS=50", "DRIFT_MIN_LISTS=10", "PROMOTION_RMSE_TOLERANCE=5")
    command = [
        *("replay", source, "--from", "2000-01-01", "--step", "1w"),
        *("--data-dir", folder / "data", "--output", folder / "results"),
        *(f"--variable={variable}" for variable in (*variables, "PROMOTION_NDCG_TOLERANCE=1")),
    ]
    process = subprocess.Popen(
        [sys.executable, "-m", "matinee_cli", *map(str, command)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    try:
        output, errors = process.communicate(timeout=300)
    finally:
        if process.poll() is None:  # it takes its servers down with it
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)
    assert process.returncode == 0, output + errors
    return output


def test_every_step_was_served_by_a_real_version_to_all_who_then_rated(played: Played) -> None:
    assert [step["n_users"] for step in played.steps] == [40, 50, 50]
    assert [step["n_ratings"] for step in played.steps] == [120, 200, 150]
    assert [step["n_lists_logged"] for step in played.steps] == [40, 50, 50]
    assert [step["n_new_users"] for step in played.steps] == [0, 10, 20]
    versions = {path.name for path in (played.folder / "data/versions").iterdir()}
    assert {played.steps[0]["model_version"], played.steps[-1]["model_version"]} <= versions


def test_lists_of_the_api_are_those_of_the_library_while_the_first_model_serves(
    played: Played,
) -> None:
    first = played.steps[0]
    for figure in ("ndcg", "hit_rate", "coverage", "rmse"):
        assert first[figure] == pytest.approx(first[f"first_{figure}"])
    assert first["ndcg"] > 0.1  # half of the movies are a user's, and ten of them were rated


def test_shift_is_found_by_its_measure_and_leads_to_a_model_with_a_reason(played: Played) -> None:
    quiet, shifted, after = played.steps
    verdicts = {(m["step"], m["measure"]): m["verdict"] for m in played.measures}
    assert verdicts[1, "rating"] == "ok"
    assert verdicts[2, "rating"] == "drift"
    assert "rating" in shifted["drifted"]
    assert shifted["training_reason"].startswith("drift: ")
    assert (shifted["promoted"], shifted["training_outcome"]) == (True, "promoted")
    assert after["model_version"] == shifted["trained_version"] != shifted["model_version"]
    assert shifted["training_reason"] in after["serves_because"]
    assert after["rmse"] < after["first_rmse"]  # the first model never heard of half a star


def test_drift_function_judges_the_lists_as_the_replay_does(played: Played) -> None:
    values = {(m["step"], m["measure"]): m["value"] for m in played.measures}
    for step in played.steps:
        assert values[step["step"], "ndcg"] == pytest.approx(step["ndcg"])
        assert values[step["step"], "hit_rate"] == pytest.approx(step["hit_rate"])


def test_reports_are_kept_by_the_drift_function(played: Played) -> None:
    stored = {str(path) for path in (played.folder / "data/s3").rglob("*")}
    for step in played.steps:
        assert any(f"reports/{step['drift_report_id']}" in path for path in stored)


def test_table_plot_and_parquet_are_left_behind_and_no_server(played: Played) -> None:
    assert "Models that served:" in played.output
    assert (played.folder / "results/replay.txt").read_text().strip() in played.output
    assert (played.folder / "results/replay.png").read_bytes().startswith(b"\x89PNG")
    data = str(played.folder / "data")
    assert psutil.wait_procs(started_with(data, psutil.process_iter()), GONE_SECONDS)[1] == []
