"""Ratings in Parquet files, read a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from dataset_import.checks import RawRating
from dataset_import.columns import ColumnNames, rating_columns
from dataset_import.errors import SourceError
from dataset_import.records import Malformed
from dataset_import.source import RowStream

_BATCH_ROWS = 65_536


@contextmanager
def open_parquet_ratings(
    path: Path, names: ColumnNames
) -> Iterator[RowStream[RawRating | Malformed]]:
    """Open a Parquet file of ratings; its rows count as lines from 1."""
    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as exc:
        raise SourceError(f"{path} is not a whole Parquet file: {exc}") from exc
    with file:
        header = list(file.schema_arrow.names)
        columns = rating_columns(header, names, path.name)
        used = [columns.user, columns.movie, columns.rating]
        if columns.time is not None:
            used.append(columns.time)
        n_read = 0

        def rows() -> Iterator[RawRating | Malformed]:
            nonlocal n_read
            for batch in file.iter_batches(_BATCH_ROWS, columns=[header[i] for i in used]):
                texts = [_as_text(batch.column(header[i])) for i in used]
                if columns.time is None:
                    texts.append([""] * len(batch))
                for row in zip(*texts, strict=True):
                    n_read += 1
                    yield (n_read, *row)

        yield RowStream(path.name, rows(), file.metadata.num_rows, " rows", lambda: n_read)


def _as_text(column: Any) -> list[str]:
    if pa.types.is_timestamp(column.type):
        # Finer than Python's own datetime is no use here, and not all of it can be turned into one.
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    return ["" if value is None else str(value) for value in column.to_pylist()]
