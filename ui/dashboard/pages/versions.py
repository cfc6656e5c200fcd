"""The versions of the model: which one serves, how they did, and letting another serve."""

from __future__ import annotations

import streamlit as st

from dashboard.api.client import Client
from dashboard.api.operations import Models, ModelVersion
from dashboard.escaping import html_text, plain
from dashboard.parts.admin import confirm
from dashboard.parts.charts import show_lines
from dashboard.parts.tables import Cell, show_table
from dashboard.settings import settings
from dashboard.wording import decimal, moment, percent, t, whole

METHODS = ("ranker", "popularity", "rater_order")
CHARTS = ("ndcg_at_10", "recall_at_10", "coverage", "rmse", "mae")
SHOWN_AT_ONCE = 12


def mlflow_run(run_id: str | None) -> str:
    """Return where MLflow shows a run; nothing when there is no MLflow or no run."""
    address = settings().mlflow_url
    return f"{address}/#/runs/{run_id}" if address and run_id else ""


def named(version: ModelVersion) -> str:
    """Name a version by its date."""
    name = moment(version.created_at)
    return f"{name} · {t('models.champion')}" if version.is_champion else name


def facts(version: ModelVersion) -> dict[str, str]:
    """Return everything that a version was made with, by a name for a table."""
    parameters = {
        f"{algorithm}.{name}": str(value)
        for algorithm, given in (
            (version.rater, version.rater_parameters),
            (version.ranker, version.ranker_parameters),
        )
        for name, value in given.items()
    }
    return {
        t("compare.rater"): version.rater,
        t("compare.ranker"): version.ranker,
        **parameters,
        t("compare.snapshot"): moment(version.snapshot_at),
        t("metrics.ratings"): whole(version.n_ratings),
        t("compare.users"): whole(version.n_users),
        t("compare.movies"): whole(version.n_items),
        t("compare.fingerprint"): version.data_fingerprint[:12],
        t("models.revision"): (version.git_revision or "–")[:12],
    }


def outcome(promoted: bool | None, decision: str | None) -> Cell:
    """Say whether a training let its version serve, and why in the API's words."""
    if promoted is None:
        return Cell("", said=decision or "")
    key = "models.was_promoted" if promoted else "models.was_not_promoted"
    return Cell(t(key), "soft", said=decision or "")


def show_champion(client: Client, models: Models) -> None:
    """Say what serves and how good it is, in words and numbers."""
    champion = next((version for version in models.models if version.is_champion), None)
    if champion is None:
        return
    metrics = champion.metrics
    ndcg, popular = metrics.get("ranker.ndcg_at_10"), metrics.get("popularity.ndcg_at_10")
    since = moment(models.promoted_at) if models.promoted_at else moment(champion.created_at)
    st.html(
        f'<div class="m-ticket"><b>{html_text(t("models.serving", since=since))}</b>'
        f"<p>{html_text(_in_words(metrics))}</p>"
        f"<small>{html_text(champion.version)}{_reason(models)}</small></div>"
    )
    with st.container(horizontal=True):
        _metric("ndcg_at_10", _number(metrics, "ranker.ndcg_at_10", 3), _gain(ndcg, popular))
        _metric("rmse", _number(metrics, "rater.rmse", 3), None)
        coverage = metrics.get("ranker.coverage")
        _metric("coverage", None if coverage is None else percent(coverage, 1), None)
        _metric("ratings", whole(champion.n_ratings), None)
    made_with = t("models.made_with", rater=plain(champion.rater), ranker=plain(champion.ranker))
    with st.expander(made_with, icon=":material/tune:"):
        rows = [[name, value] for name, value in facts(champion).items()]
        show_table(made_with, [t("compare.parameter"), t("models.value")], rows)
    if models.previous and settings().offers_admin:
        _offer_roll_back(client, plain(models.previous))


def show_history(models: Models) -> None:
    """Draw a metric of all versions over time, next to what is simpler than a model."""
    st.subheader(t("models.history"))
    metric = st.segmented_control(
        t("models.metric"),
        CHARTS,
        default=CHARTS[0],
        key="metric",
        format_func=lambda name: t(f"metrics.{name}"),
        required=True,
        label_visibility="collapsed",
    )
    st.caption(t(f"metrics.{metric}_help"))
    methods = ("rater",) if metric in ("rmse", "mae") else METHODS
    points = [
        {
            "at": version.created_at,
            "series": t(f"methods.{method}"),
            "value": version.metrics[f"{method}.{metric}"],
            "marked": version.is_champion,
        }
        for version in models.models
        for method in methods
        if f"{method}.{metric}" in version.metrics
    ]
    show_lines(
        points,
        alt=t("models.history_alt", metric=t(f"metrics.{metric}")),
        unit=t(f"metrics.{metric}"),
        numbers="percent" if metric == "coverage" else "plain",
        series=[t(f"methods.{method}") for method in methods],
    )


def show_versions(client: Client, models: Models) -> None:
    """List the versions, and offer to let another one serve."""
    st.subheader(t("models.versions"))
    shown = models.models[:SHOWN_AT_ONCE]
    show_table(
        t("models.versions_caption", shown=len(shown), total=len(models.models)),
        [
            t("models.created"),
            t("models.state"),
            t("models.decision"),
            "MLflow" if settings().mlflow_url else t("models.revision"),
            t("metrics.ratings"),
            t("metrics.ndcg_at_10"),
            t("models.gain"),
            t("metrics.rmse"),
        ],
        [_row(version) for version in shown],
        numbers=4,
    )
    others = {version.version: version for version in models.models if not version.is_champion}
    if not others or not settings().offers_admin:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            t("models.promote_which"),
            list(others),
            key="promote-version",
            format_func=lambda version: named(others[version]) if version in others else version,
            width=340,
        )
        if st.button(t("models.promote"), key="promote", icon=":material/rocket_launch:"):
            confirm(
                t("models.promote"),
                t("models.promote_question", version=named(others[chosen])),
                t("models.promote"),
                lambda token: _ignore(
                    client.promote(chosen, t("models.promote_reason"), token=token)
                ),
                done=t("models.promoted", version=named(others[chosen])),
                key="promote",
            )


def _offer_roll_back(client: Client, previous: str) -> None:
    if st.button(t("models.roll_back"), key="roll-back", icon=":material/undo:"):
        confirm(
            t("models.roll_back"),
            t("models.roll_back_question", version=previous),
            t("models.roll_back"),
            lambda token: _ignore(client.roll_back(token=token)),
            done=t("models.rolled_back", version=previous),
            key="roll-back",
        )


def _reason(models: Models) -> str:
    # People give reasons as well, in their own language.
    given = models.promotion_reason
    return f" · {html_text(t('models.reason'))} <q>{html_text(given)}</q>" if given else ""


def _in_words(metrics: dict[str, float]) -> str:
    ndcg = metrics.get("ranker.ndcg_at_10")
    times = {
        method: ndcg / metrics[f"{method}.ndcg_at_10"]
        for method in METHODS[1:]
        if ndcg and metrics.get(f"{method}.ndcg_at_10")
    }
    if len(times) < 2:
        return t("models.no_words")
    return t(
        "models.words",
        popularity=decimal(times["popularity"]),
        rater_order=decimal(times["rater_order"]),
    )


def _row(version: ModelVersion) -> list[str | Cell]:
    ndcg = version.metrics.get("ranker.ndcg_at_10")
    gain = _gain(ndcg, version.metrics.get("popularity.ndcg_at_10"))
    link = mlflow_run(version.mlflow_run_id)
    run: str | Cell = (version.git_revision or "")[:10]
    if settings().mlflow_url:
        run = Cell(t("models.run"), href=link) if link else ""
    return [
        moment(version.created_at),
        Cell(t("models.champion"), "badge") if version.is_champion else "",
        outcome(version.promoted, version.decision),
        run,
        whole(version.n_ratings),
        "" if ndcg is None else decimal(ndcg, 4),
        gain or "",
        _number(version.metrics, "rater.rmse", 4) or "",
    ]


def _gain(ndcg: float | None, popular: float | None) -> str | None:
    """Say how much better lists are than popularity's."""
    if not ndcg or not popular:
        return None
    change = ndcg / popular - 1
    return f"{'+' if change >= 0 else '−'}{percent(abs(change))}"


def _number(metrics: dict[str, float], name: str, digits: int) -> str | None:
    return decimal(metrics[name], digits) if name in metrics else None


def _metric(name: str, value: str | None, gain: str | None) -> None:
    st.metric(
        t(f"metrics.{name}"),
        value or "–",
        delta=gain and t("models.than_popularity", gain=gain),
        help=t(f"metrics.{name}_help"),
        border=True,
        height="stretch",
    )


def _ignore(_: object) -> None:
    """Drop an answer that the next drawing asks for anyway."""
