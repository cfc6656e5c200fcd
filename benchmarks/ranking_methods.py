"""The table of docs/training.md: ``python -m benchmarks.ranking_methods``."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from dvc_stages.packaged_snapshot import packaged_snapshot
from matinee.evaluation.metrics import mae, rmse
from matinee.evaluation.splits import hold_out_last
from trainer.algorithms import ALGORITHMS
from trainer.evaluate import Evaluation, evaluate
from trainer.ranker import RankerParameters, fit_ranker
from trainer.rater import fit_rater, predict_test_ratings

_EASE: Mapping[str, float] = {"sequence_weight": 0, "user_exponent": 0, "regularization": 200}
RANKERS: dict[str, Mapping[str, float]] = {
    "plain EASE, every weight kept": {
        **_EASE,
        "half_life": 0,
        "star_exponent": 0,
        "n_neighbors": 10_000,
    },
    "plain EASE": {**_EASE, "half_life": 0, "star_exponent": 0},
    "EASE, recent ratings weigh more": {**_EASE, "star_exponent": 0},
    "Matinee's ranker": {},
}


def main() -> None:
    """Print both tables in Markdown."""
    snapshot = packaged_snapshot()
    n_items = snapshot.n_items
    split = hold_out_last(snapshot.histories, rng=np.random.default_rng(0))
    svd = fit_rater(ALGORITHMS["SVD"](), split.train, n_items=n_items, seed=0)
    print("| method | NDCG@10 | Recall@10 | coverage |\n|---|---|---|---|")
    for number, (name, changes) in enumerate(RANKERS.items()):
        ranker = fit_ranker(RankerParameters.model_validate(changes), split.train, n_items=n_items)
        evaluation = evaluate(ranker, svd, split, n_items=n_items, seed=0)
        if number == 0:
            _print_lists("predicted stars (SVD)", evaluation, "rater_order")
            _print_lists("popularity", evaluation, "popularity")
        _print_lists(name, evaluation, "ranker")
    print("\n| algorithm | RMSE | MAE |\n|---|---|---|")
    for name, algorithm in ALGORITHMS.items():
        fitted = fit_rater(algorithm(), split.train, n_items=n_items, seed=0)
        predicted, ratings = predict_test_ratings(fitted, split), split.test.ratings
        print(f"| {name} | {rmse(ratings, predicted):.4f} | {mae(ratings, predicted):.4f} |")


def _print_lists(name: str, evaluation: Evaluation, method: str) -> None:
    report = evaluation.lists[method]
    ndcg, recall = report.ndcg.mean(), report.recall.mean()
    print(f"| {name} | {ndcg:.4f} | {recall:.4f} | {report.coverage:.1%} |")


if __name__ == "__main__":
    main()
