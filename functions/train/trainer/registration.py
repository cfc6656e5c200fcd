"""What the registry is told of a version: facts to compare and to search runs by."""

from __future__ import annotations

from typing import Any

from matinee.artifacts.manifest import ArtifactManifest


def parameters_of(manifest: ArtifactManifest) -> dict[str, Any]:
    """Return algorithm and parameters of both parts."""
    rater, ranker = manifest.rater, manifest.ranker
    facts = {
        "rater": {"algorithm": rater.algorithm, **rater.parameters},
        "ranker": {**ranker.model_dump(exclude={"parameters"}), **ranker.parameters},
    }
    return {
        f"{part}.{name}": value
        for part, parameters in facts.items()
        for name, value in parameters.items()
    }


def tags_of(manifest: ArtifactManifest) -> dict[str, str]:
    """Return where the version came from."""
    tags = {
        "data_fingerprint": manifest.data.fingerprint,
        "data_snapshot_at": manifest.data.snapshot_at.isoformat(),
    }
    if manifest.git_revision is not None:
        tags["mlflow.source.git.commit"] = manifest.git_revision  # MLflow's page knows this name
    return tags
