"""Load, split, fit, evaluate, refit, publish: in that order."""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from matinee.artifacts.manifest import ArtifactManifest
from matinee.artifacts.model import Model
from matinee.errors import NotEnoughRatingsError, RegistryUnavailableError
from matinee.evaluation.splits import hold_out_last
from matinee.stores.snapshot import Snapshot, take_snapshot
from matinee.stores.training_runs import TrainingOutcome
from trainer.algorithms import RaterAlgorithm
from trainer.artifact import write_artifact
from trainer.champion import Champions
from trainer.evaluate import Evaluation, evaluate
from trainer.figures import draw_figures
from trainer.head_to_head import compare
from trainer.promotion import HeadToHead, Tolerance
from trainer.ranker import FittedRanker, RankerParameters, fit_ranker
from trainer.rater import FittedRater, check_memory, fit_rater, search_parameters
from trainer.registration import parameters_of, tags_of
from trainer.surprise_library import dump_algorithm

logger = logging.getLogger("matinee.train")

MIN_TEST_RATINGS = 10


@dataclass(frozen=True, slots=True)
class Plan:
    """What to train."""

    rater: RaterAlgorithm
    ranker: RankerParameters
    search: bool = False
    seed: int = 0


@dataclass(slots=True)
class Steps:
    """Times each step, and tells somebody when it begins."""

    announce: Callable[[str], None] = lambda _: None
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time the block."""
        self.announce(name)
        start = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - start
        logger.info("%s took %.2f s", name, self.seconds[name])


@dataclass(frozen=True, slots=True)
class Challenger:
    """Both parts, fitted on everything, and how good they were on what was held out."""

    snapshot: Snapshot
    plan: Plan
    ranker: FittedRanker
    rater: FittedRater
    evaluation: Evaluation
    head_to_head: HeadToHead | None = None
    """Against the champion that there was, where ratings came since."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a challenger goes, and on which terms."""

    champions: Champions
    registry_required: bool
    tolerance: Tolerance
    check_lock: Callable[[], None]
    load_champion: Callable[[], Model | None] = lambda: None
    """Whoever is to be beaten; None where nobody can be loaded."""
    git_revision: str | None = None
    """Of the code that trains, where it is known."""


def train(
    plan: Plan, database_url: str, destination: Destination, *, steps: Steps
) -> TrainingOutcome:
    """Run the whole pipeline; whatever fails, the champion is untouched."""
    if destination.registry_required:
        with steps.step("check registry"):
            destination.champions.registry.check()
    with steps.step("check bucket"):
        # What cannot be read now could not be promoted after minutes of fitting.
        destination.champions.publisher.champion()
    with steps.step("load"):
        snapshot = take_snapshot(database_url)
        champion = destination.load_champion()
    challenger = fit_and_evaluate(snapshot, plan, champion=champion, steps=steps)
    with steps.step("publish"), tempfile.TemporaryDirectory(prefix="matinee-train-") as folder:
        return publish(challenger, Path(folder), destination, steps)


def fit_and_evaluate(
    snapshot: Snapshot, plan: Plan, *, champion: Model | None = None, steps: Steps
) -> Challenger:
    """Split, search when asked, fit, evaluate, fit again on everything."""
    n_items, seed = snapshot.n_items, plan.seed
    check_memory(plan.rater, snapshot.histories)
    with steps.step("split"):
        split = hold_out_last(snapshot.histories, rng=np.random.default_rng(seed))
        if len(split.test) < MIN_TEST_RATINGS:
            raise NotEnoughRatingsError(
                f"{len(snapshot.histories)} ratings leave {len(split.test)} to evaluate on; "
                f"at least {MIN_TEST_RATINGS} are needed: import ratings first"
            )
    algorithm = plan.rater
    if plan.search:
        with steps.step("search"):
            algorithm = search_parameters(algorithm, split.train, n_items=n_items, seed=seed)
    with steps.step("fit ranker"):
        ranker = fit_ranker(plan.ranker, split.train, n_items=n_items)
    with steps.step("fit rater"):
        rater = fit_rater(algorithm, split.train, n_items=n_items, seed=seed)
    with steps.step("evaluate"):
        evaluation = evaluate(ranker, rater, split, n_items=n_items, seed=seed)
    head_to_head = None
    if champion is not None:
        with steps.step("compare"):
            head_to_head = compare(champion, ranker, rater, snapshot, split, seed=seed)
    with steps.step("refit ranker"):
        ranker = fit_ranker(plan.ranker, snapshot.histories, n_items=n_items)
    with steps.step("refit rater"):
        rater = fit_rater(algorithm, snapshot.histories, n_items=n_items, seed=seed)
    return Challenger(snapshot, plan, ranker, rater, evaluation, head_to_head)


def publish(
    challenger: Challenger, folder: Path, destination: Destination, steps: Steps
) -> TrainingOutcome:
    """Register, upload, then let the challenger take over if it may: complete before visible."""
    model_folder = folder / "model"
    model_folder.mkdir()
    created_at = datetime.now(UTC)
    manifest = write_artifact(
        model_folder,
        version=version_name(created_at, challenger.snapshot),
        created_at=created_at,
        git_revision=destination.git_revision,
        snapshot=challenger.snapshot,
        ranker=challenger.ranker,
        rater=challenger.rater,
        metrics=challenger.evaluation.metrics,
        list_quality=challenger.evaluation.list_quality,
    )
    mlflow_run_id = _register(challenger, manifest, folder, destination, steps)
    destination.check_lock()
    destination.champions.publisher.publish(model_folder)
    decision = destination.champions.challenge(
        manifest, destination.tolerance, challenger.head_to_head
    )
    logger.info("version %s: %s", manifest.version, decision)
    return TrainingOutcome(
        model_version=manifest.version,
        metrics=manifest.metrics,
        promoted=decision.promote,
        decision=decision.reason,
        mlflow_run_id=mlflow_run_id,
    )


def version_name(moment: datetime, snapshot: Snapshot) -> str:
    """Name a version so that names sort by age and show the data they came from."""
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}-{snapshot.fingerprint[:8]}"


def _register(
    challenger: Challenger,
    manifest: ArtifactManifest,
    folder: Path,
    destination: Destination,
    steps: Steps,
) -> str | None:
    figures, surprise_dump = folder / "figures", folder / "surprise"
    figures.mkdir()
    draw_figures(challenger.evaluation, figures)
    folders = {"model": folder / "model", "figures": figures}
    if manifest.rater.kind == "factors":
        surprise_dump.mkdir()
        dump_algorithm(challenger.rater.surprise_algorithm, surprise_dump / "best_svd_model.pkl")
        folders["surprise"] = surprise_dump
    seconds = {f"seconds.{name.replace(' ', '_')}": took for name, took in steps.seconds.items()}
    try:
        registered = destination.champions.registry.register(
            manifest.version,
            parameters=parameters_of(manifest)
            | {"search": challenger.plan.search, "seed": challenger.plan.seed},
            metrics=manifest.metrics | seconds,
            tags=tags_of(manifest),
            folders=folders,
        )
    except RegistryUnavailableError as error:
        if destination.registry_required:
            raise
        logger.warning("version %s is published without the registry: %s", manifest.version, error)
        return None
    return registered.run_id
