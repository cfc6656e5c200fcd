"""Charts over time; the library that draws them is only loaded by pages that have one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dashboard.wording import short_moment

Point = Mapping[str, Any]
NUMBER_FORMATS = {"count": ",d", "plain": ".3~f", "percent": ".0%", "milliseconds": ",.0f"}


def show_lines(
    points: Sequence[Point],
    *,
    alt: str,
    unit: str,
    numbers: str = "plain",
    series: Sequence[str],
    spans: bool = False,
    height: int = 260,
) -> None:
    """Draw a line for each `series` through points of `at` and `value`; `marked` ones stand out.

    Moments are apart as they are in time, or by one step each where they begin `spans`.
    """
    encoding = {
        "x": _steps() if spans else _time(),
        "y": {
            "field": "value",
            "type": "quantitative",
            "title": unit,
            "scale": {"zero": False},
            "axis": {"format": NUMBER_FORMATS[numbers], "tickCount": 5},
        },
        "color": _color(series),
        "tooltip": _tooltips(numbers),
    }
    size = {"condition": {"test": "datum.marked", "value": 190}, "value": 45}
    layers = [
        {"mark": {"type": "line", "strokeWidth": 2.2, "interpolate": "monotone"}},
        {"mark": {"type": "point", "filled": True, "opacity": 1}, "encoding": {"size": size}},
    ]
    _draw(points, {"encoding": encoding, "layer": layers, "height": height}, alt)


def show_columns(
    points: Sequence[Point], *, alt: str, series: Sequence[str], height: int = 220
) -> None:
    """Draw counts of spans that begin `at`, stacked by `series`."""
    encoding = {
        "x": _steps(),
        "y": {
            "field": "value",
            "type": "quantitative",
            "title": None,
            "axis": {"tickCount": 4, "format": "~s", "tickMinStep": 1},
        },
        "color": _color(series),
        "tooltip": _tooltips("count"),
    }
    _draw(points, {"encoding": encoding, "mark": "bar", "height": height}, alt)


def _time() -> dict[str, Any]:
    axis = {"grid": False, "labelOverlap": True, "tickCount": 6, "format": "%d/%m %H:%M"}
    return {"field": "at", "type": "temporal", "title": None, "axis": axis}


def _steps() -> dict[str, Any]:
    axis = {"labelOverlap": "greedy", "labelAngle": 0, "labelSeparation": 16, "ticks": False}
    return {"field": "when", "type": "ordinal", "sort": None, "title": None, "axis": axis}


def _color(series: Sequence[str]) -> dict[str, Any]:
    return {
        "field": "series",
        "type": "nominal",
        "title": None,
        "scale": {"domain": list(series)},
        # Two abreast fit on a phone.
        "legend": {"orient": "top", "columns": 2} if len(series) > 1 else None,
    }


def _tooltips(numbers: str) -> list[dict[str, Any]]:
    return [
        {"field": "when", "type": "nominal", "title": " "},
        {"field": "series", "type": "nominal", "title": "  "},
        {
            "field": "value",
            "type": "quantitative",
            "title": "   ",
            "format": NUMBER_FORMATS[numbers],
        },
    ]


def _draw(points: Sequence[Point], spec: dict[str, Any], alt: str) -> None:
    values = [
        {
            "marked": False,
            **point,
            "at": point["at"].timestamp() * 1000,
            "when": short_moment(point["at"]),
        }
        for point in points
    ]
    st.vega_lite_chart(
        {"data": {"values": values}, "config": {"view": {"stroke": None}}, **spec},
        width="stretch",
        alt=alt,
    )
