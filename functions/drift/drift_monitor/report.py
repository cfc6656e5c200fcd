"""Evidently: how far the columns' distributions are apart, and a page that shows them."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drift_monitor.columns import MISSING


@dataclass(frozen=True, slots=True)
class ColumnReport:
    """What Evidently computed and drew.

    Parameters
    ----------
    scores : dict of str to float
        PSI by column.
    html : str
        A whole page, with everything that it needs inside.
    """

    scores: dict[str, float]
    html: str


def compare_columns(
    reference: Mapping[str, NDArray[np.str_]],
    current: Mapping[str, NDArray[np.str_]],
    thresholds: Mapping[str, float],
) -> ColumnReport:
    """Compare the columns that have a threshold.

    Parameters
    ----------
    reference, current : mapping of str to ndarray of str
        Categories by column, `MISSING` where a row says nothing.
    thresholds : mapping of str to float
        PSI above which Evidently draws a column as drifted.

    Returns
    -------
    ColumnReport
        Effect sizes: p-values would call every large window drifted.
    """
    # Imported here: it takes seconds, and routes that only read do without.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pandas as pd
        from evidently import DataDefinition, Dataset, Report
        from evidently.metrics import ValueDrift

        definition = DataDefinition(categorical_columns=list(thresholds))

        def dataset(columns: Mapping[str, NDArray[np.str_]]) -> Dataset:
            frame = pd.DataFrame({name: columns[name].astype(object) for name in thresholds})
            return Dataset.from_pandas(frame.mask(frame == MISSING), data_definition=definition)

        metrics = [
            ValueDrift(column=name, method="psi", threshold=threshold)
            for name, threshold in thresholds.items()
        ]
        # Evidently takes current first.
        run = Report(metrics).run(dataset(current), dataset(reference))
        values = [metric["value"] for metric in run.dict()["metrics"]]
        scores = dict(zip(thresholds, map(float, values), strict=True))
        with tempfile.TemporaryDirectory(prefix="matinee-drift-") as folder:
            page = Path(folder) / "report.html"
            run.save_html(str(page))
            return ColumnReport(scores, page.read_text(encoding="utf-8"))
