"""Matrix factorization."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from matinee.artifacts.manifest import RaterFacts
from trainer.algorithms.base import ExportedRater, RaterAlgorithm, Rows
from trainer.surprise_library import load_surprise

FOLD_IN_REGULARIZATION = 5.0
"""Places users that were not trained on; chosen by RMSE on users held out whole."""


class SVD(RaterAlgorithm):
    """Biases and factors by stochastic gradient descent (Funk 2006; Koren et al. 2009)."""

    n_factors: int = Field(default=50, ge=1, le=500)
    n_epochs: int = Field(default=30, ge=1, le=500)
    lr_all: float = Field(default=0.01, gt=0, le=1)
    reg_all: float = Field(default=0.1, ge=0, le=10)

    search_space: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {"n_factors": 20},
        {"n_factors": 100},
        {"n_epochs": 20},
        {"n_epochs": 50},
        {"reg_all": 0.05},
        {"reg_all": 0.15},
    )

    def build(self, *, seed: int) -> Any:
        """Return an unfitted Surprise algorithm."""
        return load_surprise().SVD(**self.model_dump(), random_state=seed)

    def export(self, fitted: Any, rows: Rows) -> ExportedRater:
        """Turn what Surprise learned into arrays that predict the same."""
        return ExportedRater(
            RaterFacts(
                algorithm=type(self).__name__,
                kind="factors",
                parameters=self.model_dump(),
                global_mean=float(fitted.trainset.global_mean),
                regularization=FOLD_IN_REGULARIZATION,
            ),
            {
                "item_biases": rows.spread_items(fitted.bi),
                "item_factors": rows.spread_items(fitted.qi),
            },
            {
                "user_biases": rows.spread_users(fitted.bu),
                "user_factors": rows.spread_users(self.user_factors(fitted)),
            },
        )

    def user_factors(self, fitted: Any) -> NDArray[np.float64]:
        """Return what is multiplied with item factors, shape (n_users, n_factors)."""
        return np.asarray(fitted.pu)


class SVDpp(SVD):
    """SVD that also learns from which movies a user rated at all (Koren 2008)."""

    n_factors: int = Field(default=20, ge=1, le=500)
    n_epochs: int = Field(default=20, ge=1, le=500)
    lr_all: float = Field(default=0.007, gt=0, le=1)

    search_space: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {"n_factors": 10},
        {"reg_all": 0.05},
    )

    def build(self, *, seed: int) -> Any:
        """Return an unfitted Surprise algorithm."""
        return load_surprise().SVDpp(**self.model_dump(), random_state=seed)

    def user_factors(self, fitted: Any) -> NDArray[np.float64]:
        """Return each user's own factors plus the sum over the movies that the user rated."""
        factors = np.array(fitted.pu)
        for user, ratings in fitted.trainset.ur.items():
            rated = [item for item, _ in ratings]
            factors[user] += fitted.yj[rated].sum(axis=0) / np.sqrt(len(rated))
        return factors
