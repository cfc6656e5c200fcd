"""``matinee publish``: lets a model that DVC trained serve, byte for byte."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Annotated

from pydantic import Field

from matinee.artifacts.codec import sha256_of
from matinee.artifacts.manifest import MANIFEST_NAME, ArtifactManifest
from matinee.artifacts.model import load_model
from matinee.errors import ArtifactNotFoundError, ConflictError, RegistryUnavailableError
from matinee.settings import ModelStoreSettings
from matinee.stores.model_publisher import ModelPublisher, s3_client
from matinee.stores.registry import ModelRegistry
from matinee_cli.options import PROJECT
from trainer.champion import Champions
from trainer.promotion import PromotionDecision, Tolerance
from trainer.registration import parameters_of, tags_of

DESCRIPTION = """\
Upload a model folder to MODEL_BUCKET, register it with MLflow where MLFLOW_TRACKING_URI names one,
and promote it to champion if it is not worse than the one that serves. Doing so again changes
nothing. The exit status is 1 where it was not promoted.
"""


class PublishSettings(ModelStoreSettings):
    """Where models go; the names and defaults are those of the train function."""

    mlflow_tracking_uri: str | None = None
    mlflow_experiment: str = "matinee"
    mlflow_model_name: str = "matinee"
    promotion_ndcg_tolerance: Annotated[float, Field(ge=0, le=1)] = Tolerance().ndcg_share
    promotion_rmse_tolerance: Annotated[float, Field(ge=0, le=5)] = Tolerance().rmse_stars


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the subcommand."""
    parser = subparsers.add_parser("publish", description=DESCRIPTION)
    parser.add_argument(
        "folder",
        nargs="?",
        type=Path,
        default=PROJECT / "models" / "artifact",
        metavar="FOLDER",
        help="holds the manifest and its files (default: models/artifact, which `dvc repro` makes)",
    )
    parser.add_argument("--force", action="store_true", help="promote it even if it is worse")
    parser.add_argument(
        "--reason", default="published by hand", help="kept with the promotion by --force"
    )


def run(args: argparse.Namespace) -> int:
    """Publish, promote, and say what came of it."""
    settings = PublishSettings.from_environment()
    champions = _champions(settings)
    manifest = load_model(args.folder).manifest  # checks every file against the manifest
    _publish(args.folder, manifest, champions)
    tolerance = Tolerance(settings.promotion_ndcg_tolerance, settings.promotion_rmse_tolerance)
    decision = _promote(manifest, champions, tolerance, forced=args.reason if args.force else None)
    print(f"{manifest.version} {'serves' if decision.promote else 'does not serve'}: ", end="")
    print(decision.reason)
    return 0 if decision.promote else 1


def _champions(settings: PublishSettings) -> Champions:
    client = s3_client(region=settings.aws_region, endpoint_url=settings.aws_endpoint_url_s3)
    registry = ModelRegistry(
        settings.mlflow_tracking_uri,
        experiment=settings.mlflow_experiment,
        model_name=settings.mlflow_model_name,
    )
    return Champions(ModelPublisher(client, settings.model_bucket), registry)


def _publish(folder: Path, manifest: ArtifactManifest, champions: Champions) -> None:
    """Register and upload a version, unless that was done before."""
    try:
        _, published = champions.publisher.manifest(manifest.version)
    except ArtifactNotFoundError:
        _register(folder, manifest, champions.registry)
        champions.publisher.publish(folder)
        return
    if published != sha256_of(folder / MANIFEST_NAME):
        raise ConflictError(f"the bucket holds another version {manifest.version}")


def _register(folder: Path, manifest: ArtifactManifest, registry: ModelRegistry) -> None:
    try:
        registry.check()
        registry.register(
            manifest.version,
            parameters=parameters_of(manifest),
            metrics=manifest.metrics,
            tags=tags_of(manifest),
            folders={"model": folder},
        )
    except RegistryUnavailableError as error:
        print(f"{manifest.version} is not registered: {error}")


def _promote(
    manifest: ArtifactManifest, champions: Champions, tolerance: Tolerance, *, forced: str | None
) -> PromotionDecision:
    current = champions.publisher.champion()
    if current is not None and current[0].version == manifest.version:
        return PromotionDecision(True, "it already did")
    if forced is None:
        return champions.challenge(manifest, tolerance)
    return PromotionDecision(True, champions.promote(manifest.version, forced).reason)
