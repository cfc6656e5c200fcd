"""What training measured on held-out ratings, one row a rating and one row a list."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from matinee.stores.snapshot import Snapshot
from trainer.evaluate import Evaluation

RATINGS = "ratings.parquet"
LISTS = "lists.parquet"


def write_measurements(evaluation: Evaluation, snapshot: Snapshot, folder: Path) -> None:
    """Write held-out ratings with their predictions, and the quality of each user's list."""
    folder.mkdir(parents=True, exist_ok=True)
    test = evaluation.split.test
    movie_ids = np.array([movie.movie_id for movie in snapshot.movies], np.int64)
    ratings = {
        "user_id": snapshot.user_ids[test.user_indices],
        "movie_id": movie_ids[test.item_indices],
        "rating": test.ratings,
        "predicted_rating": evaluation.predicted,
    }
    pq.write_table(pa.table(ratings), folder / RATINGS)
    lengths = evaluation.split.train.lengths
    lists = [
        pa.table(
            {
                "method": [method] * len(report.users),
                "user_id": snapshot.user_ids[report.users],
                "history_length": lengths[report.users],
                "ndcg_at_10": report.ndcg,
                "recall_at_10": report.recall,
            }
        )
        for method, report in evaluation.lists.items()
    ]
    pq.write_table(pa.concat_tables(lists), folder / LISTS)


def read_ratings(folder: Path) -> dict[str, Any]:
    """Return the columns of the held-out ratings."""
    return _columns(pq.read_table(folder / RATINGS))


def read_lists(folder: Path, method: str) -> dict[str, Any]:
    """Return the columns of one method's lists."""
    return _columns(pq.read_table(folder / LISTS, filters=[("method", "=", method)]))


def _columns(table: Any) -> dict[str, Any]:
    return {name: table[name].to_numpy() for name in table.column_names}
