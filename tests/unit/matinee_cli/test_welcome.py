from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from embedded import EmbeddedServices, Ports
from matinee_cli.options import RunPorts
from matinee_cli.welcome import addresses, recommendations


class FakeApi:
    def recommend(self, user_id: int, n: int) -> dict[str, Any]:
        heat = {"movie_id": 6, "title": "Heat", "year": 1995, "predicted_rating": 4.26}
        casino = {"movie_id": 16, "title": "Casino", "contribution": 0.3}
        unknown = {"movie_id": 7, "title": "Untitled", "year": None, "predicted_rating": None}
        return {
            "strategy": "model",
            "items": [{**heat, "because": [casino]}, {**unknown, "because": []}],
        }


def test_recommendations_show_titles_stars_and_reasons() -> None:
    shown = recommendations(FakeApi())  # type: ignore[arg-type]
    assert "1. Heat (1995)" in shown
    assert "4.3 stars  because of Casino" in shown
    assert "2. Untitled " in shown


def shown_addresses(services: EmbeddedServices, **shown: bool) -> str:
    return addresses(
        RunPorts(api=18080), services, **{"with_page": False, "with_metrics": True, **shown}
    )


def without_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")


def with_programs(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    for name in ("prometheus", "pushgateway"):
        (folder / name).touch(mode=0o755)
    monkeypatch.setenv("PATH", str(folder))


def test_addresses_name_the_token_file_and_not_the_token(tmp_path: Path) -> None:
    services = EmbeddedServices(tmp_path)
    token = services.folder.secret("admin-token")
    shown = shown_addresses(services)
    assert str(tmp_path / "admin-token") in shown
    assert token not in shown
    assert "curl -s -X POST http://localhost:18080/predict/" in shown
    assert "Web page" not in shown


def test_addresses_without_prometheus_say_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_programs(monkeypatch)
    services = EmbeddedServices(tmp_path, metrics=True)
    shown = shown_addresses(services)
    assert "Prometheus, Pushgateway: `apt-get install prometheus prometheus-pushgateway`" in shown
    assert "Prometheus" not in shown_addresses(services, with_metrics=False)
    assert "PUSHGATEWAY_URL" not in services.environment


def test_addresses_of_metrics_servers_tell_when_the_usual_port_is_another_programs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_programs(monkeypatch, tmp_path)
    monkeypatch.setattr("matinee_cli.welcome.is_taken", lambda port: port == 9090)
    ports = Ports(prometheus=19090, pushgateway=19091)
    services = EmbeddedServices(tmp_path, ports=ports, metrics=True)
    shown = shown_addresses(services)
    assert "Prometheus  http://localhost:19090 (9090 is another program's)\n" in shown
    assert "Pushgateway http://localhost:19091\n" in shown
    assert services.environment["PUSHGATEWAY_URL"] == "http://127.0.0.1:19091"
