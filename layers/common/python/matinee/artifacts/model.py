"""A model version, ready to answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from matinee.artifacts.catalogue import Catalogue
from matinee.artifacts.codec import check_file, file_name, map_array
from matinee.artifacts.manifest import MANIFEST_NAME, ArtifactManifest, RaterFacts
from matinee.artifacts.shapes import check_shapes
from matinee.artifacts.users import (
    LocalUserArrays,
    ReadRange,
    RemoteUserArrays,
    UserArrays,
)
from matinee.errors import ArtifactIntegrityError
from matinee.scoring.factor_rater import FactorRater
from matinee.scoring.item_item import ItemItemScorer
from matinee.scoring.neighbor_rater import NeighborRater
from matinee.scoring.rater import Rater
from matinee.scoring.weighting import HistoryWeighting

USER_BLOCK_ROWS = 4096
"""Users between two entries of `user_block_ids`: 32 KiB of ids, one short read."""


@dataclass(frozen=True, slots=True)
class Model:
    """Both parts of a version, its catalogue and its users."""

    manifest: ArtifactManifest
    catalogue: Catalogue
    ranker: ItemItemScorer
    rater: Rater
    users: UserArrays


def load_model(folder: Path, *, read_range: ReadRange | None = None) -> Model:
    """Load a version from a folder.

    Parameters
    ----------
    folder : Path
        Holds the manifest and every file that it lists; the per-user files may be missing
        when `read_range` is given.
    read_range : callable, optional
        Reads parts of the per-user files that were left in the bucket.

    Returns
    -------
    Model
        Arrays are memory-mapped; nothing is copied.

    Raises
    ------
    ArtifactSchemaError
        If a newer Matinee wrote the version.
    ArtifactIntegrityError
        If a file is missing or is not what the manifest says, or arrays do not fit together.
    """
    try:
        manifest = ArtifactManifest.from_bytes((folder / MANIFEST_NAME).read_bytes())
    except FileNotFoundError as error:
        raise ArtifactIntegrityError(f"{folder.name} has no {MANIFEST_NAME}") from error
    check_shapes(manifest)
    arrays = _map_checked_arrays(folder, manifest, skip_missing_users=read_range is not None)
    try:
        return Model(
            manifest=manifest,
            catalogue=Catalogue.from_arrays(arrays, manifest.genres),
            ranker=ItemItemScorer(
                rows=arrays["ranker_rows"],
                neighbors=arrays["ranker_neighbors"],
                weights=arrays["ranker_weights"],
                weighting=HistoryWeighting(
                    half_life=manifest.ranker.half_life,
                    floor=manifest.ranker.floor,
                    star_exponent=manifest.ranker.star_exponent,
                    newest=manifest.ranker.newest,
                ),
            ),
            rater=build_rater(manifest.rater, arrays),
            users=_users(manifest, arrays, read_range),
        )
    except KeyError as error:
        raise ArtifactIntegrityError(
            f"version {manifest.version} lacks the array {error.args[0]}"
        ) from error


def _map_checked_arrays(
    folder: Path, manifest: ArtifactManifest, *, skip_missing_users: bool
) -> dict[str, NDArray[Any]]:
    arrays = {}
    for name, entry in manifest.files.items():
        path = folder / name
        if not path.exists():
            if entry.per_user and skip_missing_users:
                continue
            raise ArtifactIntegrityError(f"version {manifest.version} lacks the file {name}")
        check_file(path, entry)
        array_name = name.removesuffix(".npy")
        arrays[array_name] = map_array(folder, array_name, entry)
    return arrays


def build_rater(facts: RaterFacts, arrays: Mapping[str, NDArray[Any]]) -> Rater:
    """Build the part that predicts stars.

    Parameters
    ----------
    facts : RaterFacts
        Kind and numbers.
    arrays : mapping of str to ndarray
        The per-item arrays of that kind, by name.

    Returns
    -------
    Rater
        Of the kind that `facts` names.

    Raises
    ------
    KeyError
        If an array is missing.
    """
    if facts.kind == "factors":
        return FactorRater(
            global_mean=facts.global_mean,
            item_biases=arrays["item_biases"],
            item_factors=arrays["item_factors"],
            regularization=facts.regularization,
        )
    return NeighborRater(
        global_mean=facts.global_mean,
        similar_offsets=arrays["similar_offsets"],
        similar_items=arrays["similar_items"],
        similarities=arrays["similarities"],
        n_neighbors=facts.n_neighbors,
        min_neighbors=facts.min_neighbors,
        item_biases=arrays.get("item_biases"),
    )


def _users(
    manifest: ArtifactManifest,
    arrays: Mapping[str, NDArray[Any]],
    read_range: ReadRange | None,
) -> UserArrays:
    if file_name("user_ids") not in manifest.files:
        raise KeyError("user_ids")
    if "user_ids" in arrays or read_range is None:
        return LocalUserArrays(arrays)
    return RemoteUserArrays(
        entries=manifest.files,
        read_range=read_range,
        block_ids=arrays["user_block_ids"],
        block_rows=USER_BLOCK_ROWS,
    )
