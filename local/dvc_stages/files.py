"""Where stages read and write, from the root of the project; dvc.yaml names the same paths."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

SNAPSHOT = Path("data")
RECOMMENDATIONS = Path("data/recommendations.parquet")
ARTIFACT = Path("models/artifact")
SURPRISE_DUMP = Path("models/best_svd_model.pkl")
MEASUREMENTS = Path("reports/measurements")
TRAINING_METRICS = Path("reports/training.json")
EVALUATION_METRICS = Path("reports/evaluation.json")
PLOTS = Path("reports/plots")

_DIGITS = 6


def write_json(path: Path, content: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> None:
    """Write a page of figures, the same bytes for the same figures."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def write_metrics(path: Path, metrics: Mapping[str, Any]) -> None:
    """Write figures that are kept in Git, without the digits that depend on the processor."""
    text = json.dumps(metrics)
    write_json(path, json.loads(text, parse_float=lambda digits: round(float(digits), _DIGITS)))
