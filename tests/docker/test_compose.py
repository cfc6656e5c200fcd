"""The compose file's services: what they hold, where they listen, what they refuse."""

import json
import subprocess
from pathlib import Path
from typing import Any

import boto3
import httpx
import psycopg2
import pytest

from containers import Compose, Settings
from containers.settings import read_settings
from matinee.errors import UnavailableError
from tests.support.monitoring import alerts

pytestmark = pytest.mark.docker


def ask(settings: Settings, service: str, path: str) -> Any:
    """Return what a service answers to a GET."""
    url = f"http://localhost:{settings.port(service)}{path}"
    return httpx.get(url, timeout=10, trust_env=False).raise_for_status()


def test_object_store_has_the_versioned_buckets(compose: Compose, settings: Settings) -> None:
    environment = settings.host_environment
    client = boto3.client(
        "s3",
        endpoint_url=environment["AWS_ENDPOINT_URL_S3"],
        region_name=environment["AWS_REGION"],
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
    )
    names = {bucket["Name"] for bucket in client.list_buckets()["Buckets"]}
    versioning = client.get_bucket_versioning(Bucket="matinee-models")
    client.close()
    assert names >= {"matinee-models", "matinee-mlflow"}
    assert versioning["Status"] == "Enabled"


def test_mlflow_keeps_its_runs_in_postgres(compose: Compose, settings: Settings) -> None:
    assert ask(settings, "MLFLOW", "/health").text == "OK"
    url = settings.host_environment["DATABASE_URL"].removesuffix("/matinee") + "/mlflow"
    connection = psycopg2.connect(url, connect_timeout=5)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM experiments")
        found = cursor.fetchone()
    connection.close()
    assert found and found[0] >= 1


def test_prometheus_reads_from_the_pushgateway(compose: Compose, settings: Settings) -> None:
    targets = ask(settings, "PROMETHEUS", "/api/v1/targets").json()["data"]["activeTargets"]
    assert {target["labels"]["job"] for target in targets} == {"pushgateway", "prometheus"}
    assert ask(settings, "PUSHGATEWAY", "/-/ready").status_code == 200


def test_pushgateway_knows_after_a_restart_what_it_knew(
    compose: Compose, settings: Settings
) -> None:
    url = f"http://localhost:{settings.port('PUSHGATEWAY')}/metrics/job/matinee-train/stage/test"
    httpx.put(url, content="matinee_tries 3\n", trust_env=False).raise_for_status()
    compose.call("restart", "pushgateway")
    compose.up()
    assert 'stage="test"} 3' in ask(settings, "PUSHGATEWAY", "/metrics").text


def test_prometheus_has_the_rules_and_alerts(compose: Compose, settings: Settings) -> None:
    groups = ask(settings, "PROMETHEUS", "/api/v1/rules").json()["data"]["groups"]
    loaded = {rule["name"] for group in groups for rule in group["rules"]}
    assert loaded >= alerts().keys()


def test_dashboard_is_served(compose: Compose, settings: Settings) -> None:
    assert ask(settings, "DASHBOARD", "/_stcore/health").text == "ok"


def test_ports_are_open_on_the_loopback_only(compose: Compose, settings: Settings) -> None:
    names = compose.output("ps", "--quiet").split()
    format_ = "{{json .HostConfig.PortBindings}}"
    shown = subprocess.run(
        ["docker", "inspect", "--format", format_, *names], capture_output=True, text=True
    )
    bindings = [json.loads(line) or {} for line in shown.stdout.splitlines()]
    hosts = {place["HostIp"] for one in bindings for places in one.values() for place in places}
    assert hosts == {"127.0.0.1"}


def test_every_container_has_a_memory_limit(compose: Compose) -> None:
    names = compose.output("ps", "--quiet").split()
    shown = subprocess.run(
        ["docker", "inspect", "--format", "{{.HostConfig.Memory}}", *names],
        capture_output=True,
        text=True,
    )
    assert all(int(limit) > 0 for limit in shown.stdout.split())


@pytest.mark.parametrize("name", ["POSTGRES_PASSWORD", "MINIO_ROOT_USER", "BIND_ADDRESS"])
def test_unset_setting_stops_the_start_and_is_named(
    settings: Settings, tmp_path: Path, name: str
) -> None:
    path = tmp_path / ".env"
    lines = [
        f"{name}=" if key == name else f"{key}={text}" for key, text in settings.values.items()
    ]
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(UnavailableError, match=name):
        Compose(read_settings(path)).output("config", "--quiet")
