"""Chromium in front of the dashboard, in front of the real stack."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psycopg2
import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.visitor import Visitor
from tests.integration.conftest import (  # noqa: F401 (fixtures)
    RunningServices,
    fresh_database,
    migrated_template,
    mlflow_server,
    postgres_server,
    s3_server,
    server_folder,
    server_ports,
    services,
)
from tests.support.fake_api import HOSTILE
from tests.support.proxy import Proxy, proxy_to
from tests.support.small_ratings import store_ratings
from tests.support.source import ROOT
from tests.support.stack import Stack, stack_of_its_own
from tests.support.waiting import wait_until

REQUIRED = "MATINEE_REQUIRE_BROWSER"
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
QUICK = {"parameters": {"n_epochs": 2, "n_factors": 2}}
HOSTILE_MOVIE = 4
MLFLOW_URL = "http://mlflow.example.org"


@dataclass(frozen=True)
class Site:
    """The dashboard, and what is behind it."""

    url: str
    stack: Stack
    api: Proxy
    """Between the dashboard and the API."""


# All for this folder alone: while Playwright is there its event loop runs and others cannot, and
# a running site has AWS's variables set.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        message = f"none of {', '.join(PROGRAMS)} is installed"
        assert not os.environ.get(REQUIRED), message
        pytest.skip(message)
    with sync_playwright() as playwright:
        # Playwright gives every launch a new, empty profile.
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """Open a page as somebody new; what the browser complained about fails the test."""
    visitors: list[Visitor] = []

    def begin(site: Site, path: str = "/", language: str = "en", **options: object) -> Visitor:
        locale = {"en": "en-GB", "fr": "fr-FR"}[language]
        context = browser.new_context(locale=locale, timezone_id="UTC", **options)
        visitors.append(Visitor(context.new_page(), site.url))
        visitors[-1].go(path)
        return visitors[-1]

    yield begin
    for visitor in visitors:
        visitor.page.context.close()
    assert [error for visitor in visitors for error in visitor.script_errors] == []


@pytest.fixture(scope="package")
def database(services: RunningServices, migrated_template: str) -> Iterator[str]:  # noqa: F811
    with fresh_database(services.postgres, template=migrated_template) as url:
        store_ratings(url)
        _name_movies(url)
        yield url


@pytest.fixture(scope="package")
def site(
    services: RunningServices,  # noqa: F811
    database: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    """A dashboard with a model."""
    with _running_site(services, database, tmp_path_factory.mktemp("site")) as site:
        assert site.stack.trained(**QUICK)["promoted"] is True
        yield site


@pytest.fixture(scope="package")
def bare_site(
    services: RunningServices,  # noqa: F811
    database: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    """A dashboard without a model."""
    with _running_site(services, database, tmp_path_factory.mktemp("bare-site")) as site:
        yield site


@pytest.fixture
def restored(site: Site) -> Iterator[Site]:
    """A site that a test may take the API away from."""
    yield site
    site.api.restore()
    wait_until(lambda: site.stack.http.get("/ready").status_code == 200)


@contextmanager
def _running_site(running: RunningServices, database: str, folder: Path) -> Iterator[Site]:
    with (
        stack_of_its_own(running, database, folder) as stack,
        proxy_to(urlsplit(stack.emulator.http_url).port or 0) as api,
        running_dashboard(f"http://127.0.0.1:{api.port}", folder / "dashboard.log") as url,
    ):
        yield Site(url, stack, api)
        api.restore()


@contextmanager
def running_dashboard(api_url: str, log: Path, **variables: str) -> Iterator[str]:
    """Run the dashboard as `make ui` does."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "ui/app.py")]
    options = [f"--server.port={port}", "--server.address=127.0.0.1", "--server.headless=true"]
    settings = {"API_URL": api_url, "MLFLOW_URL": MLFLOW_URL, "API_TIMEOUT_SECONDS": "10"}
    with log.open("w") as output:
        process = subprocess.Popen(
            [*command, *options],
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=log.parent,
            env={**os.environ, **settings, **variables},
        )
    try:
        url = f"http://127.0.0.1:{port}"
        wait_until(lambda: _is_up(f"{url}/_stcore/health"), seconds=60)
        yield url
    finally:
        process.terminate()
        process.wait(20)


def _is_up(url: str) -> bool:
    try:
        return httpx.get(url, timeout=1, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def _name_movies(url: str) -> None:
    """Give the small catalogue genres, years and one hostile title."""
    connection = psycopg2.connect(url, connect_timeout=5)
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "UPDATE movies SET year = 1980 + movie_id, genres = CASE movie_id %% 3 "
            "WHEN 0 THEN ARRAY['Comedy'] WHEN 1 THEN ARRAY['Crime', 'Drama'] "
            "ELSE ARRAY['Sci-Fi'] END, title = CASE WHEN movie_id = %s THEN %s ELSE title END",
            (HOSTILE_MOVIE, HOSTILE),
        )
    connection.close()
