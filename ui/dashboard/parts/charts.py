"""Charts over time; the library that draws them is only loaded by pages that have one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import streamlit as st

Point = Mapping[str, Any]


def show_lines(
    points: Sequence[Point],
    *,
    alt: str,
    unit: str,
    axis_format: str = ".2~f",
    series_order: Sequence[str] = (),
    height: int = 260,
) -> None:
    """Draw a line for each `series` through points of `at` and `value`; `marked` ones stand out."""
    color: dict[str, Any] = {"field": "series", "type": "nominal", "title": None}
    if series_order:
        color["sort"] = list(series_order)
        color["scale"] = {"domain": list(series_order)}
    base = {
        "x": _time_axis(),
        "y": {
            "field": "value",
            "type": "quantitative",
            "title": unit,
            "scale": {"zero": False},
            "axis": {"format": axis_format, "tickCount": 5},
        },
        "color": color | {"legend": {"orient": "top"} if len(series_order) > 1 else None},
        "tooltip": _tooltips(axis_format),
    }
    size = {"condition": {"test": "datum.marked", "value": 190}, "value": 55}
    layers = [
        {"mark": {"type": "line", "strokeWidth": 2.2, "interpolate": "monotone"}},
        {"mark": {"type": "point", "filled": True, "opacity": 1}, "encoding": {"size": size}},
    ]
    _draw(points, {"encoding": base, "layer": layers, "height": height}, alt)


def show_columns(
    points: Sequence[Point],
    *,
    alt: str,
    unit: str,
    seconds: float,
    series_order: Sequence[str] = (),
    height: int = 220,
) -> None:
    """Draw columns of `value` for spans of time that begin `at`, stacked by `series`."""
    color: dict[str, Any] = {"field": "series", "type": "nominal", "title": None}
    if series_order:
        color["scale"] = {"domain": list(series_order)}
        color["legend"] = {"orient": "top"} if len(series_order) > 1 else None
    encoding = {
        "x": _time_axis(),
        "x2": {"field": "until"},
        "y": {
            "field": "value",
            "type": "quantitative",
            "title": unit,
            "axis": {"tickCount": 4, "format": "~s"},
        },
        "color": color,
        "tooltip": _tooltips(",d"),
    }
    spans = [{**point, "until": _milliseconds(point["at"]) + seconds * 1000} for point in points]
    mark = {"type": "bar", "cornerRadiusEnd": 2, "binSpacing": 1}
    _draw(spans, {"encoding": encoding, "mark": mark, "height": height}, alt)


def _time_axis() -> dict[str, Any]:
    axis = {"grid": False, "labelOverlap": True, "tickCount": 6, "format": "%d/%m %H:%M"}
    return {"field": "at", "type": "temporal", "title": None, "axis": axis}


def _tooltips(number_format: str) -> list[dict[str, Any]]:
    return [
        {"field": "series", "type": "nominal", "title": " "},
        {"field": "value", "type": "quantitative", "title": "  ", "format": number_format},
        {"field": "at", "type": "temporal", "title": "   ", "format": "%d/%m %H:%M"},
    ]


def _draw(points: Sequence[Point], spec: dict[str, Any], alt: str) -> None:
    values = [{**point, "at": _milliseconds(point["at"])} for point in points]
    st.vega_lite_chart(
        {"data": {"values": values}, "config": {"view": {"stroke": None}}, **spec},
        width="stretch",
        alt=alt,
    )


def _milliseconds(moment: datetime) -> float:
    return moment.timestamp() * 1000
