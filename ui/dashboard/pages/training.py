"""Starting a training, watching it, and the runs before it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import streamlit as st

from dashboard.api.client import Client
from dashboard.api.errors import TIMEOUT, ApiError
from dashboard.api.operations import TrainingRun, TrainingRuns
from dashboard.escaping import plain
from dashboard.pages.versions import mlflow_run, outcome
from dashboard.parts.admin import ask_for_token, forget_token
from dashboard.parts.problems import quoted, sentence
from dashboard.parts.tables import Cell, show_table
from dashboard.session import session
from dashboard.settings import settings
from dashboard.wording import duration, has, moment, t

ALGORITHMS = ("SVD", "SVDpp", "KNNBasic", "KNNBaseline", "BaselineOnly")
# The steps in their order; "search" only comes when asked for.
STEPS = (
    "check registry",
    "check bucket",
    "load",
    "split",
    "search",
    "fit ranker",
    "fit rater",
    "evaluate",
    "refit ranker",
    "refit rater",
    "publish",
)
ACTIVE = {"queued", "running"}
LOOK_AGAIN_SECONDS = 1.5
WATCHED = "watched-training"
EVENT = "training-event"
# After these nobody knows, or the same training is asked for again: the event id stays.
REPEATABLE = {TIMEOUT, "unauthorized"}
_LOOKS = {"succeeded": "good", "failed": "bad", "refused": "bad"}


def show_training(client: Client, runs: TrainingRuns) -> None:
    """Offer a training, show the one that goes on, and list the last ones."""
    st.subheader(t("training.title"))
    _tell_of_watched(runs)
    active = next((run for run in runs.runs if run.status in ACTIVE), None)
    if active is not None:
        session().slots[WATCHED] = active.run_id
        st.fragment(_watch, run_every=LOOK_AGAIN_SECONDS)(client, active.run_id)
    elif settings().offers_admin:
        _offer(client)
    if runs.runs:
        with st.expander(t("training.runs"), icon=":material/history:"):
            _list(runs.runs)


def progress(step: str | None) -> float:
    """Return which part of a training is done when a step begins."""
    return STEPS.index(step) / len(STEPS) if step in STEPS else 0.02


def _offer(client: Client) -> None:
    with st.form("train"):
        st.markdown(t("training.what"))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            algorithm = st.selectbox(
                t("training.algorithm"), ALGORITHMS, key="algorithm", width=200
            )
            reason = st.text_input(
                t("training.reason"),
                key="train-reason",
                placeholder=t("training.reason_example"),
                max_chars=500,
                width=320,
            )
            token = ask_for_token("train-token")
        search = st.toggle(t("training.search"), key="search", help=t("training.search_help"))
        sent = st.form_submit_button(
            t("training.start"), type="primary", icon=":material/play_arrow:"
        )
    if sent and not token:
        st.warning(t("admin.missing"))
    elif sent:
        _start(client, {"algorithm": algorithm, "search": search}, reason.strip(), token)


def _start(client: Client, wanted: dict[str, Any], reason: str, token: str) -> None:
    """Start a training; a double click sends one event id twice, which starts it once."""
    here = session()
    event_id = here.slots.setdefault(EVENT, f"dashboard-{uuid4().hex}")
    body = {**wanted, "event_id": event_id, "reason": reason or t("training.default_reason")}
    forget_token()
    try:
        run = client.train(body, token=token)
    except ApiError as error:
        here.say("problem", sentence(error))
        if error.code not in REPEATABLE:
            here.slots.pop(EVENT, None)
    else:
        here.slots[WATCHED] = run.run_id
        here.say("done", t("training.started"))
        here.slots.pop(EVENT, None)
    st.rerun()


def _watch(client: Client, run_id: str) -> None:
    """Show how far a training is; when it has ended, draw the page anew."""
    try:
        run = client.training_run(run_id)
    except ApiError as error:
        st.warning(sentence(error))
        return
    if run.status not in ACTIVE:
        st.rerun(scope="app")
    key = f"steps.{run.step}"
    step = t(key) if has(key) else (run.step or t("training.queued"))
    passed = (datetime.now(UTC) - run.requested_at).total_seconds()
    st.progress(
        progress(run.step),
        text=t("training.progress", step=plain(step), passed=duration(max(0, passed))),
    )


def _tell_of_watched(runs: TrainingRuns) -> None:
    """Say how the training ended that was under way when the page was drawn last."""
    slots = session().slots
    watched = next((run for run in runs.runs if run.run_id == slots.get(WATCHED)), None)
    if watched is not None and watched.status not in ACTIVE:
        slots.pop(WATCHED)
        _tell_end(watched)
        st.rerun()


def _tell_end(run: TrainingRun) -> None:
    here = session()
    if run.status == "succeeded":
        key = "training.promoted" if run.promoted else "training.not_promoted"
        here.say("done", t(key, said=quoted(run.decision)))
    else:
        here.say("problem", t("training.failed", said=quoted(run.error)))


def _list(runs: Sequence[TrainingRun]) -> None:
    show_table(
        t("training.runs"),
        [
            t("training.requested"),
            t("models.state"),
            t("training.reason"),
            t("training.outcome"),
            t("training.took"),
            "MLflow",
        ],
        [_row(run) for run in runs],
    )


def _row(run: TrainingRun) -> list[str | Cell]:
    took = ""
    if run.started_at and run.finished_at:
        took = duration((run.finished_at - run.started_at).total_seconds())
    link = mlflow_run(run.mlflow_run_id)
    return [
        moment(run.requested_at),
        Cell(t(f"status.{run.status}"), _LOOKS.get(run.status, "soft")),
        run.reason or "",
        outcome(run.promoted, run.decision or run.error),
        took,
        Cell(t("models.run"), href=link) if link else "",
    ]
