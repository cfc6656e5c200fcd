"""Item-based nearest neighbors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from matinee.artifacts.manifest import RaterFacts
from trainer.algorithms.base import Arrays, ExportedRater, RaterAlgorithm, Rows
from trainer.surprise_library import load_surprise

# Square float64 matrices that Surprise holds at once while it computes the similarity.
_MATRICES = {"msd": 3, "cosine": 5, "pearson": 7, "pearson_baseline": 5}


class KNNBasic(RaterAlgorithm):
    """Mean of the user's ratings of similar movies, weighted by similarity."""

    k: int = Field(default=40, ge=1, le=1000)
    min_k: int = Field(default=1, ge=1, le=1000)
    similarity: Literal["msd", "cosine", "pearson", "pearson_baseline"] = "msd"
    min_support: int = Field(default=2, ge=1)
    shrinkage: float = Field(default=100, ge=0)
    user_based: bool = False
    max_pairs: int = Field(default=16_000_000, ge=1)
    """Similarities worth keeping; beyond, only each movie's strongest are."""

    search_space: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {"k": 20},
        {"min_support": 5},
        {"min_k": 3},
    )

    @model_validator(mode="after")
    def _refuse_user_based(self) -> Self:
        if self.user_based:
            raise ValueError(
                "user_based similarities cannot be served: they would have to be computed again "
                "for every new user; leave it out"
            )
        return self

    def build(self, *, seed: int) -> Any:  # noqa: ARG002 - nothing is drawn
        """Return an unfitted Surprise algorithm."""
        return load_surprise().KNNBasic(**self._options())

    def _options(self) -> dict[str, Any]:
        options = {
            "name": self.similarity,
            "user_based": False,
            "min_support": self.min_support,
            "shrinkage": self.shrinkage,
        }
        return {"k": self.k, "min_k": self.min_k, "sim_options": options, "verbose": False}

    def working_bytes(self, n_items: int) -> int:
        """Return how much memory fitting takes beyond the ratings."""
        return _MATRICES[self.similarity] * 8 * n_items**2

    def prune(self, fitted: Any) -> None:
        """Keep each movie's strongest similarities, as many as `max_pairs` has room for.

        What is left out is left out of Surprise's own predictions too, so that what is measured
        is what is served.
        """
        similarities = fitted.sim
        if np.count_nonzero(similarities > 0) <= self.max_pairs:
            return
        n_kept = max(self.max_pairs // len(similarities), 1)
        for row in similarities:
            row[np.argpartition(row, -n_kept)[:-n_kept]] = 0

    def export(self, fitted: Any, rows: Rows) -> ExportedRater:
        """Turn what Surprise learned into arrays that predict the same."""
        return ExportedRater(
            RaterFacts(
                algorithm=type(self).__name__,
                kind="neighbors",
                parameters=self.model_dump(exclude={"user_based"}),
                global_mean=float(fitted.trainset.global_mean),
                n_neighbors=self.k,
                min_neighbors=self.min_k,
            ),
            _sparse_similarities(fitted.sim, rows),
            {},
        )


class KNNBaseline(KNNBasic):
    """Like KNNBasic, of what ratings differ from their baselines (Koren 2010)."""

    similarity: Literal["msd", "cosine", "pearson", "pearson_baseline"] = "pearson_baseline"
    min_support: int = Field(default=3, ge=1)
    reg_i: float = Field(default=2, ge=0, le=1000)
    reg_u: float = Field(default=5, ge=0, le=1000)

    def build(self, *, seed: int) -> Any:  # noqa: ARG002 - nothing is drawn
        """Return an unfitted Surprise algorithm."""
        baselines = {"method": "als", "reg_i": self.reg_i, "reg_u": self.reg_u}
        return load_surprise().KNNBaseline(**self._options(), bsl_options=baselines)

    def export(self, fitted: Any, rows: Rows) -> ExportedRater:
        """Turn what Surprise learned into arrays that predict the same."""
        basic = super().export(fitted, rows)
        return ExportedRater(
            basic.facts,
            basic.item_arrays | {"item_biases": rows.spread_items(fitted.bi)},
            {"user_biases": rows.spread_users(fitted.bu)},
        )


def _sparse_similarities(similarities: NDArray[np.float64], rows: Rows) -> Arrays:
    """Keep positive similarities only: Surprise lets no other count."""
    lengths = np.zeros(rows.n_items, np.int64)
    columns, values = [], []
    for row, similar in zip(rows.items, similarities, strict=True):
        kept = np.flatnonzero(similar > 0)
        lengths[row] = len(kept)
        columns.append(rows.items[kept].astype(np.int32))
        values.append(similar[kept])
    return {
        "similar_offsets": np.concatenate([[0], np.cumsum(lengths)]),
        "similar_items": np.concatenate(columns),
        "similarities": np.concatenate(values),
    }
