"""How long each step of a training takes on the packaged ratings."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from benchmarks.packaged_snapshot import packaged_snapshot
from trainer.algorithms import ALGORITHMS
from trainer.artifact import write_artifact
from trainer.pipeline import Challenger, Plan, Steps, fit_and_evaluate
from trainer.ranker import RankerParameters


def measure_training(algorithm: str = "SVD") -> tuple[dict[str, float], Challenger]:
    """Return seconds by step, and what came out."""
    steps = Steps()
    with steps.step("load surprise"):
        ALGORITHMS[algorithm]().build(seed=0)
    snapshot = packaged_snapshot()
    plan = Plan(ALGORITHMS[algorithm](), RankerParameters())
    challenger = fit_and_evaluate(snapshot, plan, steps=steps)
    with steps.step("write artifact"), tempfile.TemporaryDirectory() as folder:
        write_artifact(
            Path(folder),
            version="benchmark",
            snapshot=snapshot,
            ranker=challenger.ranker,
            rater=challenger.rater,
            metrics=challenger.evaluation.metrics,
        )
    return steps.seconds, challenger


def training_steps() -> dict[str, float]:
    """Return seconds by step of the default training."""
    start = time.perf_counter()
    seconds, _ = measure_training()
    return {**seconds, "all": time.perf_counter() - start}
