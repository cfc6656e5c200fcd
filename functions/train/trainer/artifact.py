"""Writes what was fitted as a version that predict functions can load."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from matinee.artifacts.catalogue import catalogue_arrays
from matinee.artifacts.codec import write_arrays, write_manifest
from matinee.artifacts.manifest import ArtifactManifest, DataFacts, ListQuality
from matinee.artifacts.model import USER_BLOCK_ROWS
from matinee.scoring.history import UNKNOWN_TIME
from matinee.stores.snapshot import Snapshot
from trainer.ranker import FittedRanker
from trainer.rater import FittedRater


def write_artifact(
    folder: Path,
    *,
    version: str,
    created_at: datetime,
    snapshot: Snapshot,
    ranker: FittedRanker,
    rater: FittedRater,
    metrics: dict[str, float],
    list_quality: dict[str, tuple[ListQuality, ...]],
    git_revision: str | None = None,
) -> ArtifactManifest:
    """Write all arrays and the manifest into an existing, empty folder."""
    counts = snapshot.histories.count_items(snapshot.n_items).tolist()
    popularity = {
        movie.movie_id: count for movie, count in zip(snapshot.movies, counts, strict=True)
    }
    catalogue, genres = catalogue_arrays(snapshot.movies, popularity)
    files = write_arrays(
        folder,
        catalogue
        | {
            "ranker_rows": ranker.scorer.rows,
            "ranker_neighbors": ranker.scorer.neighbors,
            "ranker_weights": ranker.scorer.weights,
        }
        | rater.exported.item_arrays
        | _user_arrays(snapshot)
        | rater.exported.user_arrays,
    )
    manifest = ArtifactManifest(
        version=version,
        created_at=created_at,
        git_revision=git_revision,
        data=_data_facts(snapshot),
        genres=genres,
        ranker=ranker.facts,
        rater=rater.exported.facts,
        metrics=metrics,
        list_quality=list_quality,
        files=files,
    )
    write_manifest(folder, manifest)
    return manifest


def _user_arrays(snapshot: Snapshot) -> dict[str, NDArray[Any]]:
    histories = snapshot.histories
    return {
        "user_ids": snapshot.user_ids,
        "user_block_ids": snapshot.user_ids[::USER_BLOCK_ROWS],
        "history_offsets": histories.offsets,
        "history_items": histories.item_indices,
        "history_ratings": histories.ratings,
        "history_times": histories.times,
    }


def _data_facts(snapshot: Snapshot) -> DataFacts:
    dated = snapshot.histories.times[snapshot.histories.times != UNKNOWN_TIME]
    first, last = (int(dated.min()), int(dated.max())) if len(dated) else (None, None)
    return DataFacts(
        fingerprint=snapshot.fingerprint,
        snapshot_at=snapshot.taken_at,
        n_ratings=len(snapshot.histories),
        n_users=len(snapshot.user_ids),
        n_items=snapshot.n_items,
        first_rated_at=None if first is None else datetime.fromtimestamp(first, UTC),
        last_rated_at=None if last is None else datetime.fromtimestamp(last, UTC),
    )
