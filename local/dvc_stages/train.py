"""Stage train: what the train function does with a snapshot, into files."""

from __future__ import annotations

import hashlib
from pathlib import Path

from dvc_stages.files import (
    ARTIFACT,
    MEASUREMENTS,
    SNAPSHOT,
    SURPRISE_DUMP,
    TRAINING_METRICS,
    write_metrics,
)
from dvc_stages.measurements import write_measurements
from dvc_stages.parameters import Parameters
from dvc_stages.snapshot_files import read_snapshot
from git_revision import git_revision
from matinee.artifacts.codec import write_manifest
from matinee.artifacts.manifest import ArtifactManifest
from trainer.artifact import write_artifact
from trainer.pipeline import Challenger, Steps, fit_and_evaluate, version_name
from trainer.surprise_library import dump_algorithm


def run(parameters: Parameters) -> None:
    """Fit, measure, fit again on everything, and write all of it down."""
    snapshot = read_snapshot(SNAPSHOT)
    steps = Steps(announce=lambda step: print(step, flush=True))
    challenger = fit_and_evaluate(snapshot, parameters.train.plan(), steps=steps)
    manifest = write_version(challenger, ARTIFACT)
    dump_algorithm(challenger.rater.surprise_algorithm, SURPRISE_DUMP)
    write_measurements(challenger.evaluation, snapshot, MEASUREMENTS)
    write_metrics(TRAINING_METRICS, manifest.metrics)
    print(manifest.version)


def write_version(challenger: Challenger, folder: Path) -> ArtifactManifest:
    """Write the artifact, dated like its snapshot: the same inputs give the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    snapshot = challenger.snapshot
    data_name = version_name(snapshot.taken_at, snapshot)
    unnamed = write_artifact(
        folder,
        version=data_name,
        created_at=snapshot.taken_at,
        git_revision=git_revision(Path()),
        snapshot=snapshot,
        ranker=challenger.ranker,
        rater=challenger.rater,
        metrics=challenger.evaluation.metrics,
        list_quality=challenger.evaluation.list_quality,
    )
    # One snapshot trains many models. Versions never change, so each needs a name of its own.
    content = hashlib.sha256(unnamed.to_bytes()).hexdigest()
    manifest = unnamed.model_copy(update={"version": f"{data_name}-{content[:8]}"})
    write_manifest(folder, manifest)
    return manifest
