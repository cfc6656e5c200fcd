"""What every rating algorithm declares."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from matinee.artifacts.manifest import RaterFacts
from matinee.artifacts.model import build_rater
from matinee.errors import FitDivergedError
from matinee.scoring.arrays import Indices
from matinee.scoring.rater import Rater

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class ExportedRater:
    """A fitted rater as the arrays that serve."""

    facts: RaterFacts
    item_arrays: Arrays
    user_arrays: Arrays

    def __post_init__(self) -> None:
        for name, array in (self.item_arrays | self.user_arrays).items():
            if not np.isfinite(array).all():
                raise FitDivergedError(
                    f"{self.facts.algorithm}: {name} holds values that are not finite; "
                    "lower the learning rate or raise the regularization"
                )

    def rater(self) -> Rater:
        """Return the rater that predict functions build from the same arrays."""
        return build_rater(self.facts, self.item_arrays)


@dataclass(frozen=True, slots=True)
class Rows:
    """Where Surprise's inner ids are in the arrays: inner id i is row ``items[i]``."""

    n_users: int
    n_items: int
    users: Indices
    items: Indices

    def spread_users(self, values: Any) -> NDArray[np.float32]:
        """Return one row for every user, 0 for those that Surprise does not know."""
        return _spread(values, self.users, self.n_users)

    def spread_items(self, values: Any) -> NDArray[np.float32]:
        """Return one row for every item, 0 for those that Surprise does not know."""
        return _spread(values, self.items, self.n_items)


def _spread(values: Any, rows: Indices, n_rows: int) -> NDArray[np.float32]:
    values = np.asarray(values)
    spread = np.zeros((n_rows, *values.shape[1:]), np.float32)
    # What is too large for float32 becomes infinite, and ExportedRater refuses it by name.
    with np.errstate(over="ignore"):
        spread[rows] = values
    return spread


class RaterAlgorithm(BaseModel):
    """Parameters of one algorithm, and what to do with them; the class is named like Surprise's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    search_space: ClassVar[tuple[Mapping[str, Any], ...]] = ()
    """Parameters that a search tries beside the defaults."""

    @abstractmethod
    def build(self, *, seed: int) -> Any:
        """Return an unfitted Surprise algorithm."""

    @abstractmethod
    def export(self, fitted: Any, rows: Rows) -> ExportedRater:
        """Turn what Surprise learned into arrays that predict the same."""

    def working_bytes(self, n_items: int) -> int:  # noqa: ARG002 - others do depend on it
        """Return how much memory fitting takes beyond the ratings."""
        return 0

    def prune(self, fitted: Any) -> None:
        """Drop, from the fitted algorithm itself, what is not worth serving."""
