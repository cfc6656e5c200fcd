"""The start of an environment: imports and model, against a bare hello's imports."""

from __future__ import annotations

import compileall
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping

HELLO = "import benchmarks.hello"
PREDICT = """
import predictor.app
predictor.app.services.champion.model()
"""
IMPORTS = "import predictor.app"
ROUNDS = 15


def measure_start() -> dict[str, float]:
    """Return milliseconds from nothing to ready, each in processes of its own, in turn."""
    for folder in ("functions", "layers", "benchmarks"):
        compileall.compile_dir(folder, quiet=2)  # as deployed, and as a hello would be
    programs = {"hello": HELLO, "imports": IMPORTS, "predict": PREDICT}
    as_lambda = {"AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand"}
    measured: dict[str, list[float]] = {name: [] for name in programs}
    for _ in range(ROUNDS):
        for name, program in programs.items():
            shutil.rmtree(os.environ["MODEL_CACHE_DIR"], ignore_errors=True)
            measured[name].append(_seconds(program, as_lambda if name == "predict" else {}))
    ms = {name: statistics.median(values) * 1000 for name, values in measured.items()}
    return {
        "hello ms": ms["hello"],
        "predict, imports only ms": ms["imports"],
        "predict, model from S3 ms": ms["predict"],
        "predict / hello": ms["predict"] / ms["hello"],
    }


def _seconds(program: str, variables: Mapping[str, str]) -> float:
    started = time.perf_counter()
    # As in the template: with one processor, more threads only cost their start.
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", **variables}
    command = [sys.executable, "-c", f"{program}\nprint('ready')"]
    done = subprocess.run(command, env=environment, capture_output=True, timeout=60, check=True)
    assert done.stdout.endswith(b"ready\n")
    return time.perf_counter() - started
