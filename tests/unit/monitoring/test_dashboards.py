"""The dashboards are sound: what Grafana would complain about, or show wrongly without a word."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.monitoring import DASHBOARDS, GRAFANA, load_dashboard, panels, queries
from tests.support.source import ROOT

COLUMNS = 24


def data_source() -> dict[str, Any]:
    provisioned = yaml.safe_load((GRAFANA / "provisioning/datasources/prometheus.yml").read_text())
    found: dict[str, Any] = provisioned["datasources"][0]
    return found


def cells(position: dict[str, int]) -> set[tuple[int, int]]:
    return {
        (x, y)
        for x in range(position["x"], position["x"] + position["w"])
        for y in range(position["y"], position["y"] + position["h"])
    }


def used_data_sources(part: Any) -> list[Any]:
    if isinstance(part, dict):
        own = [part["datasource"]] if "datasource" in part else []
        return own + [found for value in part.values() for found in used_data_sources(value)]
    if isinstance(part, list):
        return [found for value in part for found in used_data_sources(value)]
    return []


def test_dashboards_are_the_three_with_ids_and_titles_of_their_own() -> None:
    boards = [load_dashboard(path) for path in DASHBOARDS]
    assert [path.stem for path in DASHBOARDS] == ["drift", "models", "service"]
    assert len({board["uid"] for board in boards}) == len({board["title"] for board in boards}) == 3


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_dashboard_uses_the_provisioned_data_source_everywhere(path: Path) -> None:
    source = data_source()
    wanted = {"type": source["type"], "uid": source["uid"]}
    board = load_dashboard(path)
    assert [used for used in used_data_sources(board) if used != wanted] == []
    assert all("datasource" in panel for panel in panels(board))


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_dashboard_panels_have_own_ids_and_titles_and_say_what_they_show(path: Path) -> None:
    every = load_dashboard(path)["panels"]
    shown = panels(load_dashboard(path))
    assert len({panel["id"] for panel in every}) == len(every)
    assert len({panel["title"] for panel in shown}) == len(shown)
    assert [panel["title"] for panel in shown if not panel["description"].endswith(".")] == []
    assert [panel["title"] for panel in shown if not panel["fieldConfig"]["defaults"]["unit"]] == []


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_dashboard_panels_lie_inside_the_grid_and_not_on_each_other(path: Path) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in load_dashboard(path)["panels"]:
        own = cells(panel["gridPos"])
        assert max(x for x, _ in own) < COLUMNS, panel["title"]
        assert not taken & own, panel["title"]
        taken |= own


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_dashboard_variables_are_all_used_and_all_declared(path: Path) -> None:
    board = load_dashboard(path)
    declared = {variable["name"] for variable in board["templating"]["list"]}
    text = json.dumps([*queries(board), board["templating"]])
    used = {name for name in ("job", "stage", "measure", "route") if f"${name}" in text}
    assert used == declared


def test_compose_gives_grafana_the_dashboards_where_it_is_told_to_look() -> None:
    provider = yaml.safe_load((GRAFANA / "provisioning/dashboards/matinee.yml").read_text())
    folder = provider["providers"][0]["options"]["path"]
    compose = yaml.safe_load((ROOT / "local/docker-compose.yml").read_text())
    grafana = compose["services"]["grafana"]
    home = grafana["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert f"./grafana/dashboards:{folder}:ro" in grafana["volumes"]
    assert home.removeprefix(f"{folder}/") in {path.name for path in DASHBOARDS}
