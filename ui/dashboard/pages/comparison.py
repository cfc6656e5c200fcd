"""Two versions side by side."""

from __future__ import annotations

import streamlit as st

from dashboard.api.operations import Models, ModelVersion
from dashboard.pages.versions import facts, named
from dashboard.parts.tables import Cell, show_table
from dashboard.wording import decimal, t

# Metrics in the order of the table, and whether more is better.
COMPARED = {
    "ranker.ndcg_at_10": True,
    "ranker.recall_at_10": True,
    "ranker.coverage": True,
    "rater.rmse": False,
    "rater.mae": False,
    "popularity.ndcg_at_10": True,
    "rater_order.ndcg_at_10": True,
}
# Differences below this are rounding.
NOTHING = 5e-5


def show_comparison(models: Models) -> None:
    """Let two versions be chosen, and draw how they differ."""
    st.subheader(t("compare.title"))
    versions = {version.version: version for version in models.models}
    if len(versions) < 2:
        st.caption(t("compare.one"))
        return
    names = list(versions)
    champion = names.index(models.champion) if models.champion in versions else 0
    other = 0 if champion else 1
    with st.container(horizontal=True):
        one = _choose(versions, "compare-a", t("compare.a"), champion)
        two = _choose(versions, "compare-b", t("compare.b"), other)
    columns = [t("compare.a"), t("compare.b"), t("compare.difference")]
    show_table(
        t("compare.metrics"), [t("compare.metric"), *columns], _metric_rows(one, two), numbers=3
    )
    show_table(
        t("compare.parameters"), [t("compare.parameter"), *columns], _parameter_rows(one, two)
    )


def _choose(versions: dict[str, ModelVersion], key: str, label: str, index: int) -> ModelVersion:
    chosen = st.selectbox(
        label,
        list(versions),
        index=index,
        key=key,
        format_func=lambda name: named(versions[name]) if name in versions else name,
        width=340,
    )
    return versions[chosen]


def _metric_rows(one: ModelVersion, two: ModelVersion) -> list[list[str | Cell]]:
    rows: list[list[str | Cell]] = []
    for name, more_is_better in COMPARED.items():
        a, b = one.metrics.get(name), two.metrics.get(name)
        if a is None and b is None:
            continue
        rows.append(
            [
                t(f"compared.{name}"),
                "" if a is None else decimal(a, 4),
                "" if b is None else decimal(b, 4),
                "" if a is None or b is None else _difference(b - a, more_is_better),
            ]
        )
    return rows


def _difference(change: float, more_is_better: bool) -> Cell:
    if abs(change) < NOTHING:
        return Cell("=", "soft")
    is_better = (change > 0) == more_is_better
    sign = "+" if change > 0 else "−"
    word = t("compare.better" if is_better else "compare.worse")
    return Cell(f"{sign}{decimal(abs(change), 4)} {word}", "good" if is_better else "bad")


def _parameter_rows(one: ModelVersion, two: ModelVersion) -> list[list[str | Cell]]:
    a, b = facts(one), facts(two)
    rows: list[list[str | Cell]] = []
    for name in {**a, **b}:
        is_same = a.get(name) == b.get(name)
        look = "" if is_same else "strong"
        verdict = Cell("=", "soft") if is_same else Cell(t("compare.differs"), look)
        rows.append([name, Cell(a.get(name, "–"), look), Cell(b.get(name, "–"), look), verdict])
    return rows
