"""What a replay leaves behind: Parquet, a table and a plot, each written whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from replay.steps import Step

STEPS, MEASURES, LISTS = "steps.parquet", "drift_measures.parquet", "lists.parquet"
TABLE, PLOT = "replay.txt", "replay.png"
OUTPUTS = (STEPS, MEASURES, LISTS, TABLE, PLOT)

_TIME = pa.timestamp("s", "UTC")
_STEP = pa.schema(
    [
        ("step", pa.int32()),
        ("begins", _TIME),
        ("ends", _TIME),
        ("n_ratings", pa.int64()),
        ("n_users", pa.int64()),
        ("n_new_users", pa.int64()),
        ("n_lists_logged", pa.int64()),
        ("model_version", pa.string()),
        ("serves_because", pa.string()),
        ("ndcg", pa.float64()),
        ("hit_rate", pa.float64()),
        ("coverage", pa.float64()),
        ("rmse", pa.float64()),
        ("first_ndcg", pa.float64()),
        ("first_hit_rate", pa.float64()),
        ("first_coverage", pa.float64()),
        ("first_rmse", pa.float64()),
        ("drift_report_id", pa.string()),
        ("verdict", pa.string()),
        ("summary", pa.string()),
        ("drifted", pa.list_(pa.string())),
        ("training_requested", pa.bool_()),
        ("training_note", pa.string()),
        ("training_run_id", pa.string()),
        ("training_outcome", pa.string()),
        ("training_reason", pa.string()),
        ("trained_version", pa.string()),
        ("promoted", pa.bool_()),
        ("decision", pa.string()),
        ("seconds", pa.float64()),
    ]
)
_MEASURE = pa.schema(
    [
        ("step", pa.int32()),
        ("begins", _TIME),
        ("measure", pa.string()),
        ("kind", pa.string()),
        ("verdict", pa.string()),
        ("value", pa.float64()),
        ("reference", pa.float64()),
        ("score", pa.float64()),
        ("threshold", pa.float64()),
        ("chance", pa.float64()),
        ("n", pa.int64()),
        ("n_needed", pa.int64()),
        ("counted", pa.string()),
        ("explanation", pa.string()),
    ]
)
_LIST = pa.schema(
    [
        ("step", pa.int32()),
        ("user_id", pa.int64()),
        ("is_new_user", pa.bool_()),
        ("strategy", pa.string()),
        ("ndcg", pa.float64()),
        ("is_hit", pa.bool_()),
        ("first_ndcg", pa.float64()),
        ("first_is_hit", pa.bool_()),
    ]
)


def write_tables(steps: Sequence[Step], folder: Path) -> None:
    """Write all steps so far; what was written for fewer of them is replaced."""
    for name, schema, rows in (
        (STEPS, _STEP, [_step_row(step) for step in steps]),
        (MEASURES, _MEASURE, [row for step in steps for row in _measure_rows(step)]),
        (LISTS, _LIST, [row for step in steps for row in _list_rows(step)]),
    ):
        _write_parquet(folder / name, schema, rows)


def write_whole(path: Path, write: Callable[[Path], None]) -> None:
    """Write beside the file and rename, so that a reader never finds half of it."""
    draft = path.with_name(f".{path.name}.new")
    try:
        write(draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _write_parquet(path: Path, schema: Any, rows: Iterable[dict[str, object]]) -> None:
    table = pa.Table.from_pylist(list(rows), schema=schema)
    write_whole(path, lambda draft: pq.write_table(table, draft))


def _step_row(step: Step) -> dict[str, object]:
    drift, training = step.drift, step.training
    row = {
        "step": step.window.number,
        "begins": step.window.begins,
        "ends": step.window.ends,
        "n_ratings": step.n_ratings,
        "n_users": step.n_users,
        "n_new_users": step.n_new_users,
        "n_lists_logged": step.n_logged,
        "model_version": step.serving.version,
        "serves_because": step.serving.because,
        "drift_report_id": drift.report_id,
        "verdict": drift.verdict,
        "summary": drift.summary,
        "drifted": drift.drifted,
        "training_requested": drift.training_requested,
        "training_note": drift.training_note,
        "seconds": step.seconds,
    }
    for name in ("ndcg", "hit_rate", "coverage", "rmse"):
        row[name] = getattr(step.served, name)
        row[f"first_{name}"] = getattr(step.first, name)
    if training is not None:
        row |= {
            "training_run_id": training.run_id,
            "training_outcome": training.outcome,
            "training_reason": training.reason,
            "trained_version": training.model_version,
            "promoted": training.promoted,
            "decision": training.decision,
        }
    return row


def _measure_rows(step: Step) -> list[dict[str, object]]:
    taken = [name for name in _MEASURE.names if name not in ("step", "begins", "measure")]
    return [
        {
            "step": step.window.number,
            "begins": step.window.begins,
            "measure": measure["name"],
            **{name: measure.get(name) for name in taken},
        }
        for measure in step.drift.measures
    ]


def _list_rows(step: Step) -> list[dict[str, object]]:
    return [
        {
            "step": step.window.number,
            "user_id": listed.user_id,
            "is_new_user": listed.is_new_user,
            "strategy": listed.strategy,
            "ndcg": listed.served.ndcg,
            "is_hit": listed.served.is_hit,
            "first_ndcg": listed.first.ndcg,
            "first_is_hit": listed.first.is_hit,
        }
        for listed in step.lists
    ]
