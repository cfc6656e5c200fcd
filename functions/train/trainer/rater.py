"""Fits and judges the part that predicts stars."""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from matinee.errors import InvalidRequestError, NotEnoughMemoryError
from matinee.evaluation.metrics import rmse
from matinee.evaluation.splits import HoldOut, hold_out_last
from matinee.scoring.arrays import Vector
from matinee.scoring.histories import Histories
from matinee.scoring.rater import RatedUser
from trainer.algorithms import ALGORITHMS, ExportedRater, RaterAlgorithm
from trainer.algorithms.base import Rows
from trainer.surprise_library import load_surprise

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FittedRater:
    """What serves, and the Surprise object that it was made from."""

    exported: ExportedRater
    surprise_algorithm: Any

    def rated_user(self, histories: Histories, user_index: int) -> RatedUser:
        """Return a user as the rater was trained on."""
        arrays = self.exported.user_arrays
        biases, factors = arrays.get("user_biases"), arrays.get("user_factors")
        return RatedUser(
            histories.of(user_index),
            None if biases is None else float(biases[user_index]),
            None if factors is None else factors[user_index],
        )


def choose_algorithm(name: str, parameters: Mapping[str, Any]) -> RaterAlgorithm:
    """Check a request's algorithm and parameters."""
    if name not in ALGORITHMS:
        raise InvalidRequestError(
            f"algorithm: there is no {name!r}; choose one of {', '.join(ALGORITHMS)}"
        )
    try:
        return ALGORITHMS[name].model_validate(dict(parameters))
    except ValidationError as error:
        problems = {
            ".".join(["parameters", *map(str, problem["loc"])]): problem["msg"]
            for problem in error.errors()
        }
        message = "; ".join(f"{field}: {problem}" for field, problem in problems.items())
        raise InvalidRequestError(message, details={"fields": problems}) from None


def fit_rater(
    algorithm: RaterAlgorithm, histories: Histories, *, n_items: int, seed: int
) -> FittedRater:
    """Fit on all of these histories."""
    check_memory(algorithm, histories)
    trainset, rows = build_trainset(histories, n_items)
    fitted = algorithm.build(seed=seed).fit(trainset)
    algorithm.prune(fitted)
    return FittedRater(algorithm.export(fitted, rows), fitted)


def build_trainset(histories: Histories, n_items: int) -> tuple[Any, Rows]:
    """Give Surprise the ratings; its raw ids are our rows.

    Each user's ratings stay in history order, which decides between equally similar neighbors.
    """
    rows = Rows(
        n_users=histories.n_users,
        n_items=n_items,
        users=np.flatnonzero(histories.lengths),
        items=np.unique(histories.item_indices),
    )
    inner_items = np.searchsorted(rows.items, histories.item_indices).tolist()
    ratings = histories.ratings.astype(np.float64).tolist()
    by_user: dict[int, list[tuple[int, float]]] = {}
    by_item: dict[int, list[tuple[int, float]]] = {inner: [] for inner in range(len(rows.items))}
    for user, row in enumerate(rows.users):
        start, stop = int(histories.offsets[row]), int(histories.offsets[row + 1])
        by_user[user] = list(zip(inner_items[start:stop], ratings[start:stop], strict=True))
        for item, rating in by_user[user]:
            by_item[item].append((user, rating))
    trainset = load_surprise().Trainset(
        by_user,
        by_item,
        len(by_user),
        len(by_item),
        len(histories),
        (0.5, 5.0),
        {row: inner for inner, row in enumerate(rows.users.tolist())},
        {row: inner for inner, row in enumerate(rows.items.tolist())},
    )
    return trainset, rows


def predict_test_ratings(fitted: FittedRater, split: HoldOut) -> Vector:
    """Predict every held-out rating with the code that serves."""
    rater = fitted.exported.rater()
    predicted = np.empty(len(split.test))
    for user_index in np.flatnonzero(split.test.lengths):
        start, stop = split.test.offsets[user_index : user_index + 2]
        predicted[start:stop] = rater.predict(
            fitted.rated_user(split.train, int(user_index)), split.test.item_indices[start:stop]
        )
    return predicted


def search_parameters(
    algorithm: RaterAlgorithm, train: Histories, *, n_items: int, seed: int
) -> RaterAlgorithm:
    """Return the parameters with the least RMSE on the last part of the training histories."""
    split = hold_out_last(train, rng=np.random.default_rng(seed))
    given = algorithm.model_dump()
    candidates = [algorithm]
    candidates += [type(algorithm)(**{**given, **change}) for change in algorithm.search_space]
    errors = []
    for candidate in candidates:
        fitted = fit_rater(candidate, split.train, n_items=n_items, seed=seed)
        errors.append(rmse(split.test.ratings, predict_test_ratings(fitted, split)))
        logger.info("search: %s has RMSE %.4f", candidate, errors[-1])
    return candidates[int(np.argmin(errors))]


def check_memory(algorithm: RaterAlgorithm, histories: Histories) -> None:
    """Refuse what cannot be fitted here; running out of memory would end the process."""
    n_items = len(np.unique(histories.item_indices))
    needed, available = algorithm.working_bytes(n_items), available_bytes()
    if needed > available:
        raise NotEnoughMemoryError(
            f"{type(algorithm).__name__} needs {needed / 1e9:.1f} GB for {n_items} movies and "
            f"can have {available / 1e9:.1f} GB: choose SVD, or give the function more memory"
        )


def available_bytes(meminfo: Path = Path("/proc/meminfo")) -> int:
    """Return the memory that can be had, by the platform's limit and the machine's state."""
    limits = [sys.maxsize]
    if limit_mb := os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"):
        limits.append(int(limit_mb) * 2**20)
    with suppress(OSError):  # only Linux tells
        # Not what is free: caches take most of that, and give it back.
        if found := re.search(r"^MemAvailable: +(\d+) kB$", meminfo.read_text(), re.MULTILINE):
            limits.append(int(found[1]) * 1024)
    return min(limits)
