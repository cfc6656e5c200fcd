"""Every panel of every dashboard shows something, from functions to Pushgateway to Prometheus."""

from __future__ import annotations

import math
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from embedded import EmbeddedServices, Ports
from matinee_cli.main import main
from tests.integration.conftest import RunningServices, fresh_database
from tests.support.demo_load import (
    STAGE,
    ask_for_everything,
    ask_while_services_are_down,
    let_ratings_drift,
    write_ratings,
)
from tests.support.drifting import FEW_ARE_ENOUGH
from tests.support.monitoring import DASHBOARDS, choices, load_dashboard, queries, rules
from tests.support.prometheus import require_programs
from tests.support.stack import running_stack
from tests.support.waiting import wait_until

pytestmark = pytest.mark.integration

VARIABLES = {"$job": ".+", "$measure": ".+", "$stage": STAGE}
# Prometheus reads every 5 s, and functions push what they counted about as late.
SEEN_SECONDS = 60


@dataclass(frozen=True)
class Prometheus:
    """The Prometheus of `matinee run`, as Grafana asks it."""

    url: str

    def get(self, path: str, **parameters: Any) -> Any:
        answer = httpx.get(f"{self.url}/api/v1/{path}", params=parameters, trust_env=False)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    def shows(self, query: str) -> bool:
        """Whether a query has had an answer, other than "not a number", in the last minute."""
        now = time.time()
        found = self.get("query_range", query=query, start=now - 60, end=now, step=5)["result"]
        values = [float(value) for series in found for _, value in series["values"]]
        return any(map(math.isfinite, values))


@pytest.fixture(scope="module")
def metrics_servers(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[EmbeddedServices]:
    require_programs()
    folder = tmp_path_factory.mktemp("metrics")
    with EmbeddedServices(
        folder, ports=Ports.free(), postgres=False, s3=False, mlflow=False, metrics=True
    ) as started:
        yield started


@pytest.fixture(scope="module")
def prometheus(
    metrics_servers: EmbeddedServices,
    services: RunningServices,
    migrated_template: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Prometheus]:
    """A Prometheus that has seen the demo load."""
    assert metrics_servers.prometheus and metrics_servers.pushgateway
    folder = tmp_path_factory.mktemp("demo")
    bucket = f"test-{uuid.uuid4().hex[:12]}"
    services.s3.ensure_bucket(bucket)
    with ExitStack() as held:
        database = held.enter_context(fresh_database(services.postgres, template=migrated_template))
        variables = {
            **services.environment,
            "DATABASE_URL": database,
            "MODEL_BUCKET": bucket,
            "MLFLOW_MODEL_NAME": bucket,
            "PUSHGATEWAY_URL": metrics_servers.pushgateway.url,
            "PUSH_INTERVAL_SECONDS": "0",
            **FEW_ARE_ENOUGH,
        }
        patch = held.enter_context(pytest.MonkeyPatch.context())
        for name, value in variables.items():
            patch.setenv(name, value)
        import_ratings(folder)
        stack = held.enter_context(running_stack(variables, folder))
        ask_for_everything(stack)
        let_ratings_drift(stack, database)
        ask_while_services_are_down(stack)
        yield Prometheus(metrics_servers.prometheus.url)


def import_ratings(folder: Path) -> None:
    source = str(write_ratings(folder / "ratings.csv"))
    options = ["--quiet", "--max-reject-share", "0.1", "--rejects", str(folder / "rejects.csv")]
    assert main(["import", source, *options]) == 0


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_every_query_of_a_dashboard_has_an_answer(prometheus: Prometheus, path: Path) -> None:
    unanswered = dict(queries(load_dashboard(path)))

    def all_answered() -> bool:
        for where, query in list(unanswered.items()):
            if prometheus.shows(with_values(query)):
                del unanswered[where]
        return not unanswered

    try:
        wait_until(all_answered, seconds=SEEN_SECONDS)
    except AssertionError:
        pytest.fail(f"no data for {unanswered}")


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_every_variable_of_a_dashboard_has_something_to_choose(
    prometheus: Prometheus, path: Path
) -> None:
    for series, label in choices(load_dashboard(path)):
        values = partial(
            prometheus.get, f"label/{label}/values", **{"match[]": with_values(series)}
        )
        wait_until(values, seconds=SEEN_SECONDS)


def test_every_rule_and_alert_is_evaluated_without_error(prometheus: Prometheus) -> None:
    def loaded() -> list[dict[str, Any]]:
        return [rule for group in prometheus.get("rules")["groups"] for rule in group["rules"]]

    wait_until(lambda: all(rule["health"] != "unknown" for rule in loaded()), seconds=SEEN_SECONDS)
    assert [rule for rule in loaded() if rule["health"] != "ok"] == []
    assert {rule["name"] for rule in loaded()} == {
        rule.get("alert") or rule["record"] for rule in rules()
    }


def test_alerts_fire_for_what_went_wrong_and_for_nothing_else(prometheus: Prometheus) -> None:
    def firing() -> set[str]:
        found = prometheus.get("alerts")["alerts"]
        return {alert["labels"]["alertname"] for alert in found if alert["state"] == "firing"}

    # The demo load took PostgreSQL away from lists and ratings, and let ratings drift. Two
    # looks for a champion without S3 are too few to tell anybody.
    wanted = {"MatineeErrors", "MatineeFallbacks", "MatineeDriftFound"}
    try:
        wait_until(lambda: firing() == wanted, seconds=SEEN_SECONDS)
    except AssertionError:
        assert firing() == wanted


def with_values(query: str) -> str:
    for name, value in VARIABLES.items():
        query = query.replace(name, value)
    return query
