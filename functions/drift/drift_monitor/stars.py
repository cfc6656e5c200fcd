"""Whether the champion's predicted stars are what users then give."""

from __future__ import annotations

import numpy as np

from drift_monitor.chance import UserRows, spread_of_statistic
from drift_monitor.measures import Finding
from drift_monitor.windows import Window, known_users
from matinee.artifacts.model import Model
from matinee.artifacts.users import rated_user, user_history
from matinee.scoring.arrays import Indices, Vector

MOST_USERS = 2_000
RMSE_METRIC = "rater.rmse"


def find_stars(
    current: Window,
    model: Model,
    *,
    n_needed: int,
    users_needed: int,
    rng: np.random.Generator,
) -> dict[str, Finding]:
    """Measure errors on ratings of users that the champion knows."""
    errors, user_ids = prediction_errors(current, model, rng)
    n, users = len(errors), UserRows.of(user_ids)
    if n < n_needed:
        return {name: Finding(n, n_needed) for name in ("calibration", "rmse")}
    if users.n_users < users_needed:
        why = f"{users.n_users} users of those that the model knows are too few."
        return {name: Finding(n, n_needed, obstacle=why) for name in ("calibration", "rmse")}

    def bias(rows: Indices) -> float:
        return float(errors[rows].mean())

    def rmse(rows: Indices) -> float:
        return float(np.sqrt(np.mean(errors[rows] ** 2)))

    everything = np.arange(n)
    _, bias_chance = spread_of_statistic(bias, users.draws(users.n_users, rng))
    _, rmse_chance = spread_of_statistic(rmse, users.draws(users.n_users, rng))
    before = model.manifest.metrics.get(RMSE_METRIC)
    value = rmse(everything)
    # Fewer stars off than before is good news.
    growth = None if before is None else max(value - before, 0.0)
    unknown = None if before is not None else "The champion's evaluation does not say its RMSE."
    found = bias(everything)
    return {
        "calibration": Finding(n, n_needed, found, 0.0, abs(found), bias_chance),
        "rmse": Finding(n, n_needed, value, before, growth, rmse_chance, unknown),
    }


def prediction_errors(
    current: Window, model: Model, rng: np.random.Generator
) -> tuple[Vector, Indices]:
    """Predict current ratings from what the champion knew.

    Parameters
    ----------
    current : Window
        The ratings.
    model : Model
        The champion; only its snapshot of each user is used, so that nothing is known beforehand.
    rng : numpy.random.Generator
        Chooses `MOST_USERS` where there are more.

    Returns
    -------
    errors : ndarray of shape (n,), float64
        Predicted minus given stars, for ratings whose user and movie the champion knows.
    user_ids : ndarray of shape (n,), int64
        Who gave them.
    """
    ids = known_users(model)
    items, is_known = model.catalogue.rows(current.movie_ids)
    rows = np.flatnonzero(is_known & np.isin(current.user_ids, ids))
    users = UserRows.of(current.user_ids[rows])
    errors: list[Vector] = [np.empty(0)]
    owners: list[Indices] = [np.empty(0, np.int64)]
    chosen = rng.permutation(users.n_users)[:MOST_USERS]
    for user in np.sort(chosen):
        of_user = rows[users.rows_of(np.array([user]))]
        user_id = current.user_ids[of_user[0]]
        place = int(np.searchsorted(ids, user_id))
        known = rated_user(model.users, place, user_history(model.users, place))
        errors.append(model.rater.predict(known, items[of_user]) - current.ratings[of_user])
        owners.append(np.full(len(of_user), user_id))
    return np.concatenate(errors), np.concatenate(owners)
