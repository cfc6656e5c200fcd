"""A real PostgreSQL and a real S3 server with the packaged ratings and a model trained on them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from dataset_import import run_import
from embedded import EmbeddedServices, Ports
from matinee.artifacts.manifest import ChampionPointer
from matinee.stores.model_publisher import ModelPublisher, s3_client
from matinee.stores.schema import migrate
from matinee.stores.snapshot import take_snapshot
from trainer.artifact import write_artifact
from trainer.pipeline import Challenger, Plan, Steps, fit_and_evaluate
from trainer.ranker import RankerParameters
from trainer.rater import choose_algorithm

VERSION = "benchmark"
EMPTY_DATABASE = "empty"


@dataclass(frozen=True)
class Stack:
    """What the benchmarks measure against."""

    challenger: Challenger
    training_seconds: dict[str, float]
    empty_database_url: str


@contextmanager
def running_stack() -> Iterator[Stack]:
    """Start the servers, import, train, publish; set the functions' variables meanwhile."""
    with (
        tempfile.TemporaryDirectory(prefix="matinee-bench-") as name,
        EmbeddedServices(_open(Path(name)), ports=Ports.free(), mlflow=False) as services,
    ):
        os.environ.update(services.environment)
        os.environ["MODEL_CACHE_DIR"] = f"{name}/cache"
        database_url = services.environment["DATABASE_URL"]
        migrate(database_url)
        run_import("packaged", database_url=database_url, progress=False)
        steps = Steps(announce=lambda step: print(f"  {step} ...", flush=True))
        with steps.step("load"):
            snapshot = take_snapshot(database_url)
        plan = Plan(choose_algorithm("SVD", {}), RankerParameters())
        challenger = fit_and_evaluate(snapshot, plan, steps=steps)
        with steps.step("publish"):
            _publish(challenger, Path(name))
        assert services.postgres is not None
        services.postgres.ensure_database(EMPTY_DATABASE)
        empty_database_url = services.postgres.database_url(EMPTY_DATABASE)
        yield Stack(challenger, steps.seconds, empty_database_url)


def _open(folder: Path) -> Path:
    # As root PostgreSQL runs as another user, who must be able to walk in.
    folder.chmod(0o711)
    return folder / "data"


def _publish(challenger: Challenger, folder: Path) -> None:
    model_folder = folder / "model"
    model_folder.mkdir()
    write_artifact(
        model_folder,
        version=VERSION,
        created_at=challenger.snapshot.taken_at,
        snapshot=challenger.snapshot,
        ranker=challenger.ranker,
        rater=challenger.rater,
        metrics=challenger.evaluation.metrics,
        list_quality=challenger.evaluation.list_quality,
    )
    client = s3_client(region="us-east-1", endpoint_url=os.environ["AWS_ENDPOINT_URL_S3"])
    publisher = ModelPublisher(client, os.environ["MODEL_BUCKET"])
    publisher.publish(model_folder)
    pointer = ChampionPointer(
        version=VERSION,
        manifest_sha256=publisher.manifest(VERSION)[1],
        promoted_at=datetime.now(UTC),
        reason="benchmark",
    )
    publisher.swap_champion(pointer, expected_etag=None)
