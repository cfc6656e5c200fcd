"""Whether a version's arrays fit together."""

from __future__ import annotations

from matinee.artifacts.codec import file_name
from matinee.artifacts.manifest import ArtifactManifest
from matinee.errors import ArtifactIntegrityError

# What each dimension counts; offsets have one entry more than what they count.
_DIMENSIONS = {
    "item_ids": ("items",),
    "item_years": ("items",),
    "item_genres": ("items", "genres"),
    "item_title_offsets": ("items",),
    "item_popularity": ("items",),
    "ranker_rows": ("items",),
    "ranker_neighbors": ("ranked", "neighbors"),
    "ranker_weights": ("ranked", "neighbors"),
    "item_biases": ("items",),
    "item_factors": ("items", "factors"),
    "similar_offsets": ("items",),
    "similar_items": ("pairs",),
    "similarities": ("pairs",),
    "user_ids": ("users",),
    "user_biases": ("users",),
    "user_factors": ("users", "factors"),
    "history_offsets": ("users",),
    "history_items": ("ratings",),
    "history_ratings": ("ratings",),
    "history_times": ("ratings",),
}


def check_shapes(manifest: ArtifactManifest) -> None:
    """Compare the shapes of a version's arrays with each other.

    Parameters
    ----------
    manifest : ArtifactManifest
        Its entries say the shapes.

    Raises
    ------
    ArtifactIntegrityError
        If an array disagrees with those before it, on the number of items for example.
    """
    lengths = {"genres": len(manifest.genres)}
    for name, dimensions in _DIMENSIONS.items():
        entry = manifest.files.get(file_name(name))
        if entry is None:
            continue
        extra = 1 if name.endswith("_offsets") else 0
        for dimension, length in zip(dimensions, entry.shape, strict=False):
            lengths.setdefault(dimension, length - extra)
        wanted = tuple(lengths.get(dimension, 0) + extra for dimension in dimensions)
        if entry.shape != wanted:
            raise ArtifactIntegrityError(
                f"{name} has the shape {entry.shape}, which does not fit the other arrays: "
                f"{wanted} would"
            )
