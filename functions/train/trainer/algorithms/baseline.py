"""Biases alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from pydantic import Field

from matinee.artifacts.manifest import RaterFacts
from trainer.algorithms.base import ExportedRater, RaterAlgorithm, Rows
from trainer.surprise_library import load_surprise


class BaselineOnly(RaterAlgorithm):
    """Mean plus a bias for the user and one for the movie, by least squares (Koren 2010)."""

    n_epochs: int = Field(default=10, ge=1, le=500)
    reg_i: float = Field(default=2, ge=0, le=1000)
    reg_u: float = Field(default=5, ge=0, le=1000)

    search_space: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {"reg_i": 5},
        {"reg_i": 10},
        {"reg_u": 2},
        {"reg_u": 10},
    )

    def build(self, *, seed: int) -> Any:  # noqa: ARG002 - nothing is drawn
        """Return an unfitted Surprise algorithm."""
        return load_surprise().BaselineOnly({"method": "als", **self.model_dump()}, verbose=False)

    def export(self, fitted: Any, rows: Rows) -> ExportedRater:
        """Turn what Surprise learned into arrays that predict the same."""
        return ExportedRater(
            RaterFacts(
                algorithm="BaselineOnly",
                kind="factors",
                parameters=self.model_dump(),
                global_mean=float(fitted.trainset.global_mean),
                regularization=self.reg_u,
            ),
            {
                "item_biases": rows.spread_items(fitted.bi),
                "item_factors": np.zeros((rows.n_items, 0), np.float32),
            },
            {"user_biases": rows.spread_users(fitted.bu)},
        )
