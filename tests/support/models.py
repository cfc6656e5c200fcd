"""Small models whose right answers a reader can see."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from matinee.artifacts.catalogue import catalogue_arrays
from matinee.artifacts.codec import write_arrays, write_manifest
from matinee.artifacts.manifest import (
    MANIFEST_NAME,
    ArtifactManifest,
    ChampionPointer,
    DataFacts,
    ListQuality,
    RankerFacts,
    RaterFacts,
)
from matinee.artifacts.model import USER_BLOCK_ROWS
from matinee.domain.movies import Movie

SNAPSHOT_AT = datetime(2020, 1, 1, tzinfo=UTC)

MOVIES = tuple(
    Movie(movie_id, title, year, genres)
    for movie_id, title, year, genres in (
        (10, "Alien", 1979, ("Horror", "Sci-Fi")),
        (20, "Aliens", 1986, ("Action", "Sci-Fi")),
        (30, "Big", 1988, ("Comedy",)),
        (40, "Clue", 1985, ("Comedy",)),
        (50, "Dune", 1984, ("Sci-Fi",)),
        (60, "Éloge de l'amour", None, ()),
    )
)
"""Even rows speak for Alien, Aliens and Dune; odd ones for Big and Clue; row 5 hears of none."""

POPULARITY = {10: 50, 20: 40, 30: 60, 40: 20, 50: 10, 60: 5}
SPEAKS_FOR = {10: {20: 0.5, 50: 0.3}, 20: {10: 0.4, 50: 0.2}, 30: {40: 0.6}, 40: {30: 0.7}}
HISTORIES: dict[int, dict[int, float]] = {1: {10: 5.0}, 2: {30: 4.0, 40: 2.0}}
GLOBAL_MEAN = 3.5
DATA = DataFacts(fingerprint="0" * 64, snapshot_at=SNAPSHOT_AT, n_ratings=3, n_users=2, n_items=6)
METRICS = {"ranker.ndcg_at_10": 0.2, "rater.rmse": 0.9}
ITEM_BIASES = {10: 0.5, 20: 0.25, 30: -0.25, 40: 0.0, 50: -0.5, 60: 0.0}


def build_arrays(
    movies: Sequence[Movie] = MOVIES,
    histories: Mapping[int, Mapping[int, float]] = HISTORIES,
) -> tuple[dict[str, NDArray[Any]], tuple[str, ...]]:
    """Return the arrays of a small model, and its genres."""
    arrays, genres = catalogue_arrays(movies, POPULARITY)
    row = {movie.movie_id: index for index, movie in enumerate(movies)}
    ranker_rows = np.full(len(movies), -1, np.int32)
    neighbors = np.zeros((len(SPEAKS_FOR), 2), np.int32)
    weights = np.zeros((len(SPEAKS_FOR), 2), np.float32)
    for place, (source, targets) in enumerate(SPEAKS_FOR.items()):
        ranker_rows[row[source]] = place
        for column, (target, weight) in enumerate(targets.items()):
            neighbors[place, column] = row[target]
            weights[place, column] = weight
    users = sorted(histories)
    rated = [item for user in users for item in histories[user].items()]
    arrays |= {
        "ranker_rows": ranker_rows,
        "ranker_neighbors": neighbors,
        "ranker_weights": weights,
        "item_biases": np.array([ITEM_BIASES[m.movie_id] for m in movies], np.float32),
        "item_factors": np.zeros((len(movies), 2), np.float32),
        "user_ids": np.array(users, np.int64),
        "user_block_ids": np.array(users[::USER_BLOCK_ROWS], np.int64),
        "user_biases": np.full(len(users), 0.25, np.float32),
        "user_factors": np.zeros((len(users), 2), np.float32),
        "history_offsets": np.cumsum([0, *(len(histories[u]) for u in users)], dtype=np.int64),
        "history_items": np.array([row[movie_id] for movie_id, _ in rated], np.int32),
        "history_ratings": np.array([stars for _, stars in rated], np.float32),
        "history_times": np.full(len(rated), -1, np.int64),
    }
    return arrays, genres


def build_version(
    folder: Path,
    version: str = "v1",
    *,
    arrays: Mapping[str, NDArray[Any]] | None = None,
    genres: tuple[str, ...] | None = None,
    data: DataFacts = DATA,
    metrics: Mapping[str, float] | None = None,
    list_quality: Mapping[str, Sequence[ListQuality]] | None = None,
    rater_kind: Literal["factors", "neighbors"] = "factors",
) -> ChampionPointer:
    """Write a version to ``folder/version`` and return a pointer to it."""
    built, built_genres = build_arrays()
    version_folder = folder / version
    version_folder.mkdir(parents=True)
    manifest = ArtifactManifest(
        version=version,
        created_at=SNAPSHOT_AT,
        data=data,
        genres=built_genres if genres is None else genres,
        git_revision="0123abc",
        ranker=RankerFacts(
            algorithm="ease",
            parameters={"regularization": 100},
            half_life=0,
            floor=1,
            star_exponent=0,
        ),
        rater=RaterFacts(
            algorithm="SVD",
            kind=rater_kind,
            parameters={"n_factors": 2},
            global_mean=GLOBAL_MEAN,
        ),
        metrics=dict(METRICS if metrics is None else metrics),
        list_quality={name: tuple(found) for name, found in (list_quality or {}).items()},
        files=write_arrays(version_folder, arrays or built),
    )
    write_manifest(version_folder, manifest)
    return pointer_to(folder, version)


def pointer_to(folder: Path, version: str) -> ChampionPointer:
    """Return a champion pointer to a written version."""
    content = (folder / version / MANIFEST_NAME).read_bytes()
    return ChampionPointer(
        version=version,
        manifest_sha256=hashlib.sha256(content).hexdigest(),
        promoted_at=SNAPSHOT_AT,
        reason="first model",
    )
