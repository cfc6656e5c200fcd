from __future__ import annotations

import pytest

from replay.measuring import Quality
from replay.summary import summarize
from replay.table import full_table, step_line
from tests.support.replays import drifted, served, step, training

STEPS = [
    step(1),
    step(2, drift=drifted(), training=training(promoted=True)),
    step(3, version="v2", drift=drifted("genre"), training=training(promoted=False)),
]


def line_of(table: str, window: str) -> str:
    return next(line for line in table.splitlines() if window in line)


def test_table_has_a_line_a_step_with_both_models() -> None:
    line = line_of(full_table(STEPS, n=10), "2000-01-08..2000-01-14")
    assert line.split() == [
        *("2", "2000-01-08..2000-01-14", "100", "2", "50%", "#1"),
        *("0.500", "0.250", "100%", "1.000", "1.100", "2.0%", "1.0%"),
        *("drift:", "rating", "promoted"),
    ]


def test_table_says_who_served_from_when_and_why() -> None:
    table = full_table(STEPS, n=10)
    assert "  #1  v1  from 2000-01-01\n      why v1 serves" in table
    assert "  #2  v2  from 2000-01-15\n      why v2 serves" in table
    assert " #2 " in line_of(table, "2000-01-15..2000-01-21")


def test_table_says_why_a_model_was_refused() -> None:
    assert "step 3: not promoted: NDCG@10 0.1 is below 0.2" in full_table(STEPS, n=10)


def test_table_without_refusals_does_not_speak_of_them() -> None:
    assert "did not serve" not in full_table(STEPS[:2], n=10)


def test_step_without_ratings_shows_dashes() -> None:
    empty = Quality(None, None, None, None)
    quiet = step(1, n_ratings=0, lists=[], served=empty, first=empty)
    assert line_of(full_table([quiet], n=5), "2000-01-01").split()[2:8] == [
        "0",
        "0",
        "-",
        "#1",
        "-",
        "-",
    ]


def test_step_line_tells_what_came_of_the_step() -> None:
    line = step_line(STEPS[1], n_steps=12)
    assert line.startswith(" 2/12 2000-01-08..2000-01-14")
    assert line.endswith("drift: rating; promoted")


def test_summary_counts_every_list_the_same() -> None:
    one = step(1, lists=[served(1, 1.0, 0.0)])
    three = step(2, lists=[served(user, 0.0, 0.0, is_new=True) for user in (2, 3, 4)])
    summary = summarize([one, three])
    assert (summary.ndcg.served, summary.ndcg.first) == (0.25, 0.0)
    assert summary.ndcg_of_known_users.served == 1.0


def test_summary_pools_the_error_over_ratings() -> None:
    few = step(1, n_ratings=1, served=Quality(0.1, 0.1, 0.1, rmse=3.0))
    many = step(2, n_ratings=8, served=Quality(0.1, 0.1, 0.1, rmse=0.0))
    assert summarize([few, many]).rmse.served == pytest.approx(1.0)


def test_summary_of_equal_models_has_no_difference_and_no_doubt() -> None:
    same = step(1, lists=[served(1, 0.3, 0.3), served(2, 0.5, 0.5)])
    assert summarize([same]).ndcg.margin == 0.0


def test_summary_counts_verdicts_and_trainings() -> None:
    summary = summarize(STEPS)
    assert summary.verdicts == {"drift": 2, "no_drift": 1}
    assert (summary.n_trainings, summary.n_promoted) == (2, 1)
    assert "no drift in 1; 2 trainings, 1 promoted" in full_table(STEPS, n=10)
