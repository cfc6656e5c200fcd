"""A snapshot as Parquet files that other tools can read too."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dvc_stages.files import write_json
from matinee.domain.movies import Movie
from matinee.errors import ArtifactIntegrityError
from matinee.scoring.history import UNKNOWN_TIME
from matinee.stores.snapshot import Snapshot, build_snapshot

RATINGS = "ratings.parquet"
MOVIES = "movies.parquet"
FACTS = "snapshot.json"

_MOVIE_COLUMNS = pa.schema(
    [
        ("movie_id", pa.int64()),
        ("title", pa.string()),
        ("year", pa.int16()),
        ("genres", pa.list_(pa.string())),
        ("imdb_id", pa.int32()),
        ("tmdb_id", pa.int32()),
    ]
)


def write_snapshot(snapshot: Snapshot, folder: Path, *, source: str) -> None:
    """Write ratings, movies and a page of facts: date, fingerprint and size."""
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(_ratings_table(snapshot), folder / RATINGS)
    movies = [
        {name: getattr(movie, name) for name in _MOVIE_COLUMNS.names} for movie in snapshot.movies
    ]
    pq.write_table(pa.Table.from_pylist(movies, schema=_MOVIE_COLUMNS), folder / MOVIES)
    facts = {
        "source": source,
        "taken_at": snapshot.taken_at.isoformat(),
        "fingerprint": snapshot.fingerprint,
        "n_movies": snapshot.n_items,
        "n_users": len(snapshot.user_ids),
        "n_ratings": len(snapshot.histories),
    }
    write_json(folder / FACTS, facts)


def read_snapshot(folder: Path) -> Snapshot:
    """Read what `write_snapshot` wrote, and make sure that it is still the same."""
    facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
    ratings = pq.read_table(folder / RATINGS)
    movies = pq.read_table(folder / MOVIES).to_pylist()
    snapshot = build_snapshot(
        datetime.fromisoformat(facts["taken_at"]),
        tuple(Movie(**{**movie, "genres": tuple(movie["genres"])}) for movie in movies),
        ratings["user_id"].to_numpy(),
        ratings["movie_id"].to_numpy(),
        ratings["rating"].to_numpy(),
        _seconds(ratings["rated_at"]),
    )
    if snapshot.fingerprint != facts["fingerprint"]:
        raise ArtifactIntegrityError(
            f"{folder} holds other ratings or movies than its {FACTS} says; run `dvc checkout`"
        )
    return snapshot


def _ratings_table(snapshot: Snapshot) -> Any:
    histories = snapshot.histories
    movie_ids = np.array([movie.movie_id for movie in snapshot.movies], np.int64)
    times = pa.array(histories.times, mask=histories.times == UNKNOWN_TIME)
    return pa.table(
        {
            "user_id": snapshot.user_ids[histories.user_indices],
            "movie_id": movie_ids[histories.item_indices],
            "rating": histories.ratings,
            "rated_at": times.cast(pa.timestamp("s", "UTC")),
        }
    )


def _seconds(times: Any) -> Any:
    # Parquet knows no seconds: they come back as milliseconds.
    seconds = times.cast(pa.timestamp("s", "UTC")).cast(pa.int64())
    return pc.fill_null(seconds, UNKNOWN_TIME).to_numpy()
