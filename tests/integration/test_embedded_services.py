from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import boto3
import httpx
import psutil
import psycopg2
import pytest
from prometheus_client import CollectorRegistry, Gauge

from embedded import EmbeddedServices, Ports, PortTakenError
from embedded.mlflow import Mlflow
from matinee.errors import ConfigurationError
from matinee.stores.pushgateway import Pushgateway
from tests.support.folders import folder_for_servers
from tests.support.processes import descendants
from tests.support.prometheus import require_programs
from tests.support.waiting import wait_until

pytestmark = pytest.mark.integration

GONE_SECONDS = 15

RUN_UNTIL_KILLED = """
import sys, signal
from pathlib import Path
from embedded import EmbeddedServices, Ports
with EmbeddedServices(Path(sys.argv[1]), ports=Ports.free(), mlflow=False):
    print("up", flush=True)
    signal.pause()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    with folder_for_servers() as path:
        yield path


def store_a_row_and_an_object(services: EmbeddedServices) -> None:
    environment = services.environment
    with psycopg2.connect(environment["DATABASE_URL"]) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    connection.close()
    s3_client(environment).put_object(Bucket=environment["MODEL_BUCKET"], Key="k", Body=b"kept")


def read_the_row_and_the_object(services: EmbeddedServices) -> tuple[int, bytes]:
    environment = services.environment
    with psycopg2.connect(environment["DATABASE_URL"]) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT answer FROM kept")
        row = cursor.fetchone()
    connection.close()
    answer = s3_client(environment).get_object(Bucket=environment["MODEL_BUCKET"], Key="k")
    assert row is not None
    return row[0], answer["Body"].read()


def s3_client(environment: dict[str, str]):
    return boto3.client(
        "s3",
        endpoint_url=environment["AWS_ENDPOINT_URL_S3"],
        region_name=environment["AWS_REGION"],
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
    )


def assert_gone(processes: list[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(processes, timeout=GONE_SECONDS)
    assert alive == []


def test_services_started_again_keep_their_data_and_leave_no_process(folder: Path) -> None:
    before = set(descendants())
    with EmbeddedServices(folder, ports=Ports.free(), mlflow=False) as services:
        store_a_row_and_an_object(services)
        started = [process for process in descendants() if process not in before]
    assert len(started) > 2
    assert_gone(started)

    with EmbeddedServices(folder, ports=Ports.free(), mlflow=False) as services:
        assert read_the_row_and_the_object(services) == (42, b"kept")


def test_bucket_made_at_the_start_keeps_old_versions(s3_server) -> None:
    client = s3_client(s3_server.environment)
    versioning = client.get_bucket_versioning(Bucket="matinee-models")
    assert versioning["Status"] == "Enabled"


def test_start_with_a_taken_port_names_it_and_leaves_nothing_running(folder: Path) -> None:
    before = set(descendants())
    ports = Ports.free()
    with socket.socket() as other:
        other.bind(("127.0.0.1", ports.postgres))
        other.listen()
        services = EmbeddedServices(folder, ports=ports, mlflow=False)
        with pytest.raises(PortTakenError, match=f"port {ports.postgres}, which PostgreSQL needs"):
            services.start()
    assert set(descendants()) == before


def test_killed_supervisor_takes_its_servers_along_and_the_next_start_works(folder: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", RUN_UNTIL_KILLED, str(folder)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert parent.stdout is not None
    with parent.stdout as output:
        assert output.readline() == b"up\n"
        servers = descendants(parent.pid)
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    assert_gone(servers)
    # A file like the one a power cut leaves, naming a process that lives: this one.
    (folder / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n{folder}/postgres\n")

    with EmbeddedServices(folder, ports=Ports.free(), s3=False, mlflow=False) as services:
        store = psycopg2.connect(services.environment["DATABASE_URL"])
        assert store.server_version >= 150000
        store.close()


def test_folder_in_use_refuses_a_second_supervisor(folder: Path) -> None:
    with EmbeddedServices(folder, ports=Ports.free(), postgres=False, mlflow=False):
        second = EmbeddedServices(folder, ports=Ports.free(), postgres=False, mlflow=False)
        second.folder.lock_wait_seconds = 0
        with pytest.raises(ConfigurationError, match=f"process {os.getpid()}"):
            second.start()


def test_secrets_are_readable_by_their_owner_alone(folder: Path) -> None:
    with EmbeddedServices(folder, ports=Ports.free(), s3=False, mlflow=False) as services:
        password = services.folder.secret_path("postgres-password")
        assert password.stat().st_mode & 0o777 == 0o600
        logs = "".join(log.read_text() for log in services.folder.logs.iterdir())
        assert password.read_text() not in logs


def test_lost_password_is_reported_at_once(folder: Path) -> None:
    with EmbeddedServices(folder, ports=Ports.free(), s3=False, mlflow=False) as services:
        password = services.folder.secret_path("postgres-password")
    password.unlink()
    services = EmbeddedServices(folder, ports=Ports.free(), s3=False, mlflow=False)
    with pytest.raises(ConfigurationError, match="postgres-password does not hold the password"):
        services.start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's folders are closed to PostgreSQL's user")
def test_postgres_of_root_in_a_closed_folder_keeps_its_data_where_it_can_reach(
    folder: Path,
) -> None:
    folder.chmod(0o700)
    with EmbeddedServices(folder, ports=Ports.free(), s3=False, mlflow=False) as services:
        assert services.postgres is not None
        home = services.postgres.home()
        try:
            store = psycopg2.connect(services.environment["DATABASE_URL"])
            store.close()
            assert (home / "postgres" / "PG_VERSION").exists()
            assert not (folder / "postgres").exists()
        finally:
            services.stop()
            shutil.rmtree(home)


def test_mlflow_answers_and_refuses_a_foreign_host(mlflow_server: Mlflow) -> None:
    assert httpx.get(f"{mlflow_server.url}/health").status_code == 200
    foreign = httpx.get(f"{mlflow_server.url}/health", headers={"Host": "attacker.example"})
    search = httpx.get(
        f"{mlflow_server.url}/api/2.0/mlflow/experiments/search?max_results=1",
        headers={"Host": "attacker.example"},
    )
    assert 403 in {foreign.status_code, search.status_code}


def test_what_was_pushed_outlives_the_servers_and_reaches_prometheus(folder: Path) -> None:
    require_programs()
    registry = CollectorRegistry()
    Gauge("matinee_kept", "Kept.", registry=registry).set(42)
    only_metrics = {"postgres": False, "s3": False, "mlflow": False, "metrics": True}
    with EmbeddedServices(folder, ports=Ports.free(), **only_metrics) as services:
        url = services.environment["PUSHGATEWAY_URL"]
        assert Pushgateway(url, timeout_seconds=1).push(registry, job="matinee-kept", grouping={})

    with EmbeddedServices(folder, ports=Ports.free(), **only_metrics) as services:
        assert services.prometheus is not None
        query = f"{services.prometheus.url}/api/v1/query?query=matinee_kept"
        wait_until(lambda: '"42"' in httpx.get(query).text)


def test_metrics_servers_listen_on_the_loopback_only(folder: Path) -> None:
    require_programs()
    before = set(descendants())
    with EmbeddedServices(
        folder, ports=Ports.free(), postgres=False, s3=False, mlflow=False, metrics=True
    ):
        sockets = [
            connection
            for process in set(descendants()) - before
            for connection in process.net_connections()
            if connection.status == psutil.CONN_LISTEN
        ]
    assert {socket.laddr.ip for socket in sockets} == {"127.0.0.1"}
    assert len(sockets) == 2
