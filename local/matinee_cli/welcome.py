"""What `matinee run` shows when everything is up."""

from __future__ import annotations

from typing import Any

from embedded import EmbeddedServices, Ports
from embedded.ports import is_taken
from matinee_cli.api_client import ApiClient
from matinee_cli.options import RunPorts
from matinee_cli.servers import ADMIN_TOKEN_SECRET

EXAMPLE_USER = 15
HOW_TO_GET_METRICS = (
    "`apt-get install prometheus prometheus-pushgateway`, or https://prometheus.io/download"
)


def recommendations(api: ApiClient) -> str:
    """Return the example user's ten movies, one a line with stars and the first reason."""
    answer = api.recommend(EXAMPLE_USER, n=10)
    heading = f"\nUser {EXAMPLE_USER} should watch ({answer['strategy']}):\n"
    width = max((len(_title(item)) for item in answer["items"]), default=0)
    lines = [
        f"  {place:2}. {_title(item):{width}}  {_stars(item['predicted_rating'])}{_reason(item)}"
        for place, item in enumerate(answer["items"], start=1)
    ]
    return "\n".join([heading, *lines, ""])


def addresses(
    ports: RunPorts, services: EmbeddedServices, *, with_page: bool, with_metrics: bool
) -> str:
    """Return where everything is, and a command to try."""
    folder = services.folder
    page = [f"  Web page    http://localhost:{ports.ui}"] if with_page else []
    return "\n".join(
        [
            *page,
            f"  API         http://localhost:{ports.api}",
            f"  MLflow      http://localhost:{ports.mlflow}",
            f"  PostgreSQL  localhost:{ports.postgres}",
            f"  S3          http://localhost:{ports.s3}",
            f"  Lambda      http://localhost:{ports.invoke} (Invoke API)",
            *(metrics_lines(services) if with_metrics else []),
            "",
            f"  Admin token in {folder.secret_path(ADMIN_TOKEN_SECRET)}",
            f"  Logs in        {folder.logs}",
            "",
            "Try:",
            f"  curl -s -X POST http://localhost:{ports.api}/predict/ "
            f"-H 'content-type: application/json' -d '{{\"user_id\": {EXAMPLE_USER}}}'",
            "",
            "Ctrl-C stops everything; data and models stay for the next start.",
        ]
    )


def metrics_lines(services: EmbeddedServices) -> list[str]:
    """Return where the metrics are, and how to get what is not installed."""
    usual = Ports()
    servers = [
        ("Prometheus", services.prometheus, usual.prometheus),
        ("Pushgateway", services.pushgateway, usual.pushgateway),
    ]
    lines = [_metrics_line(name, server.port, port) for name, server, port in servers if server]
    missing = ", ".join(name for name, server, _ in servers if not server)
    return [*lines, f"  Metrics     need {missing}: {HOW_TO_GET_METRICS}"] if missing else lines


def _metrics_line(name: str, port: int, usual: int) -> str:
    """Say so when the usual address leads to somebody else, as after Debian's installation."""
    note = f" ({usual} is another program's)" if port != usual and is_taken(usual) else ""
    return f"  {name:11} http://localhost:{port}{note}"


def _title(item: dict[str, Any]) -> str:
    return f"{item['title']} ({item['year']})" if item["year"] else str(item["title"])


def _reason(item: dict[str, Any]) -> str:
    because = item.get("because") or []
    return f"  because of {because[0]['title']}" if because else ""


def _stars(rating: float | None) -> str:
    return "  -      " if rating is None else f"{rating:.1f} stars"
