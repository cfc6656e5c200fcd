from __future__ import annotations

from pathlib import Path
from typing import Any

from embedded.folder import DataFolder
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


def test_addresses_name_the_token_file_and_not_the_token(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    token = folder.secret("admin-token")
    shown = addresses(RunPorts(api=18080), folder, with_page=False)
    assert str(tmp_path / "admin-token") in shown
    assert token not in shown
    assert "curl -s -X POST http://localhost:18080/predict/" in shown
    assert "Web page" not in shown
