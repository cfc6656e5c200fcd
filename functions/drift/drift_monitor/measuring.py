"""All measures of one current window against one champion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from drift_monitor.audience import find_concentration, find_newcomers
from drift_monitor.chance import UserRows, above_chance
from drift_monitor.columns import CodedColumn, columns_of, days_of_visits, psi, without_rare
from drift_monitor.lists import find_lists
from drift_monitor.measures import MEASURES, Finding
from drift_monitor.report import ColumnReport, compare_columns
from drift_monitor.stars import find_stars
from drift_monitor.windows import (
    Window,
    current_window,
    reference_length,
    reference_window,
)
from matinee.artifacts.model import Model
from matinee.stores.arrivals import Arrivals

SEED = 0
KNOWN_SHARE = 5
"""Predicted stars need a fifth of the ratings that columns need: errors scatter less."""
WEEK_DAYS = 7
"""Hours and weekdays of less say when the window was, not how users come."""
_SILENT_REFERENCE = "The champion's ratings say too little of this to compare with."


@dataclass(frozen=True, slots=True)
class Least:
    """Fewer than these say nothing.

    Parameters
    ----------
    ratings : int
        In the current window.
    users : int
        Who gave them; the ratings of one are alike.
    visits, lists : int
        Days of users, and lists of different users.
    """

    ratings: int = 500
    users: int = 5
    visits: int = 100
    lists: int = 20


@dataclass(frozen=True, slots=True)
class Measurement:
    """Everything that was found."""

    findings: dict[str, Finding]
    columns: ColumnReport | None
    """Evidently's report; None when no column had enough rows."""
    counts: dict[str, int]


def measure(
    arrivals: Arrivals, model: Model, least: Least, thresholds: Mapping[str, float]
) -> Measurement:
    """Measure everything that there is enough data for.

    Parameters
    ----------
    arrivals : Arrivals
        The current window.
    model : Model
        The champion, which holds the reference.
    least : Least
        How much is enough.
    thresholds : mapping of str to float
        By measure; drawn in the report.

    Returns
    -------
    Measurement
        A finding for every measure.
    """
    rng = np.random.default_rng(SEED)
    current = current_window(arrivals.ratings, arrivals.movies, model)
    reference = reference_window(model, reference_length(len(current)), rng)
    findings = find_lists(arrivals.lists, arrivals.ratings, model, n_needed=least.lists, rng=rng)
    report = None
    if current.n_users >= least.users:
        columns, report = _columns(reference, current, least, thresholds, rng)
        n = least.ratings
        findings |= columns
        # The longer a window, the more users in it are new: this one is as long as the current.
        as_long = reference_window(model, len(current), rng)
        findings |= find_newcomers(reference=as_long, current=current, n_needed=n, rng=rng)
        findings |= find_concentration(reference=reference, current=current, n_needed=n, rng=rng)
        findings |= find_stars(
            current, model, n_needed=n // KNOWN_SHARE, users_needed=2 * least.users, rng=rng
        )
    else:
        why = f"{current.n_users} users are too few; it takes {least.users}."
        blank = Finding(len(current), least.ratings, obstacle=why)
        findings |= {name: blank for name in MEASURES if name not in findings}
    counts = {
        "ratings": len(current),
        "users": current.n_users,
        "movies": len(np.unique(current.movie_ids)),
        "lists": len(arrivals.lists),
    }
    return Measurement({name: findings[name] for name in MEASURES}, report, counts)


def _columns(
    reference: Window,
    current: Window,
    least: Least,
    thresholds: Mapping[str, float],
    rng: np.random.Generator,
) -> tuple[dict[str, Finding], ColumnReport | None]:
    of_reference, of_current = columns_of(reference), columns_of(current)
    for name in of_reference:
        of_reference[name], of_current[name] = without_rare(of_reference[name], of_current[name])
    coded = {name: CodedColumn.of(of_reference[name], of_current[name]) for name in of_reference}
    short = _shorter_than_a_week(reference, current)
    findings, enough = {}, []
    for name, column in coded.items():
        is_of_visits = MEASURES[name].counted == "visits"
        n_needed = least.visits if is_of_visits else least.ratings
        n = int((column.current >= 0).sum())
        findings[name] = Finding(n, n_needed)
        if n < n_needed:
            continue
        if int((column.reference >= 0).sum()) < n_needed:
            findings[name] = Finding(n, n_needed, obstacle=_SILENT_REFERENCE)
        elif is_of_visits and short:
            findings[name] = Finding(n, n_needed, obstacle=short)
        else:
            enough.append(name)
    if not enough:
        return findings, None
    report = compare_columns(of_reference, of_current, {name: thresholds[name] for name in enough})
    chances = _chances({name: coded[name] for name in enough}, reference, current.n_users, rng)
    for name in enough:
        if name in chances:
            score, chance = report.scores[name], chances[name]
            findings[name] = replace(findings[name], score=score, chance=chance)
        else:
            findings[name] = replace(findings[name], obstacle=_SILENT_REFERENCE)
    return findings, report


def _shorter_than_a_week(reference: Window, current: Window) -> str | None:
    for whose, window in (("window", current), ("reference", reference)):
        days = days_of_visits(window)
        if days < WEEK_DAYS:
            return f"The visits of the {whose} span {days:.1f} days; it takes {WEEK_DAYS}."
    return None


def _chances(
    columns: Mapping[str, CodedColumn], reference: Window, n_users: int, rng: np.random.Generator
) -> dict[str, float]:
    scores: dict[str, list[float]] = {name: [] for name in columns}
    for before, now in UserRows.of(reference.user_ids).pairs(n_users, rng):
        for name, column in columns.items():
            drawn = [column.count(column.reference[rows]) for rows in (before, now)]
            if all(counts.any() for counts in drawn):
                scores[name].append(psi(*drawn))
    # Where few users say all that there is of a column, no draw may have met one.
    return {name: above_chance(np.array(found)) for name, found in scores.items() if found}
