"""Stage predict: everybody's list, made by the code that serves."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from dvc_stages.files import ARTIFACT, RECOMMENDATIONS
from dvc_stages.parameters import Parameters
from matinee.artifacts.model import Model, load_model
from matinee.artifacts.users import rated_user, user_history
from predictor.recommend import Wish, recommend

COLUMNS = pa.schema(
    [
        ("user_id", pa.int64()),
        ("rank", pa.int32()),
        ("movie_id", pa.int64()),
        ("title", pa.string()),
        ("score", pa.float64()),
        ("predicted_rating", pa.float64()),
    ]
)
_ROWS_PER_GROUP = 100_000


def run(parameters: Parameters) -> None:
    """Recommend to every user that the model was trained on."""
    model = load_model(ARTIFACT)
    rows = _rows(model, parameters.predict.n)
    RECOMMENDATIONS.parent.mkdir(parents=True, exist_ok=True)
    with pq.ParquetWriter(RECOMMENDATIONS, COLUMNS) as writer:
        while group := list(islice(rows, _ROWS_PER_GROUP)):
            writer.write_table(pa.Table.from_pylist(group, schema=COLUMNS))
    print(f"{model.manifest.data.n_users:,} users")


def _rows(model: Model, n: int) -> Iterator[dict[str, Any]]:
    wish = Wish(n=n, n_reasons=0)
    user_ids = model.users.rows("user_ids", 0, model.manifest.data.n_users).tolist()
    for row, user_id in enumerate(user_ids):
        user = rated_user(model.users, row, user_history(model.users, row))
        for rank, item in enumerate(recommend(model, user, wish), start=1):
            yield {"user_id": user_id, "rank": rank, **item}
