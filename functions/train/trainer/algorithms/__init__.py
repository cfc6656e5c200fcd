"""The rating algorithms on offer, one family per file."""

from trainer.algorithms.base import ExportedRater, RaterAlgorithm
from trainer.algorithms.baseline import BaselineOnly
from trainer.algorithms.factors import SVD, SVDpp
from trainer.algorithms.neighbors import KNNBaseline, KNNBasic

ALGORITHMS: dict[str, type[RaterAlgorithm]] = {
    algorithm.__name__: algorithm for algorithm in (SVD, SVDpp, KNNBasic, KNNBaseline, BaselineOnly)
}

__all__ = ["ALGORITHMS", "ExportedRater", "RaterAlgorithm"]
