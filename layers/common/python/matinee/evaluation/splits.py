"""Splits that respect time: learn from what came before, be judged by what came after."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matinee.scoring.histories import Histories


@dataclass(frozen=True, slots=True)
class HoldOut:
    """Two parts of the same histories, over the same user and item rows.

    Parameters
    ----------
    train : Histories
        What may be learned from.
    test : Histories
        What came after; users too new to be split have nothing here.
    """

    train: Histories
    test: Histories


def hold_out_last(histories: Histories, *, rng: np.random.Generator, share: float = 0.2) -> HoldOut:
    """Hold out the last part of every user's history.

    Parameters
    ----------
    histories : Histories
        All ratings.
    rng : numpy.random.Generator
        Decides between ratings of the same second, and between undated ones, which count as
        older than dated ones. Catalogue order would decide by age of the movie instead.
    share : float
        Part of each history to hold out, rounded down; between 0 and 1.

    Returns
    -------
    HoldOut
        Both parts keep the order of the histories.

    References
    ----------
    Meng et al. (2020), "Exploring Data Splitting Strategies for the Evaluation of Recommendation
    Models": "leave last one item/basket, user temporal split".
    """
    users = histories.user_indices
    order = np.lexsort((rng.random(len(histories)), histories.times, users))
    lengths = histories.lengths
    first_held_out = histories.offsets[:-1] + lengths - (lengths * share).astype(np.int64)
    is_test = np.empty(len(histories), np.bool_)
    is_test[order] = np.arange(len(histories)) >= first_held_out[users]
    return HoldOut(histories.keep(~is_test), histories.keep(is_test))
