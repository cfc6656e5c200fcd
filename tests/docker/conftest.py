"""One engine, one set of services and one build of the functions for all of these tests."""

import os
from collections.abc import Iterator

import httpx
import pytest

from containers import Compose, Settings, sam
from containers.settings import read_settings
from dataset_import import run_import
from embedded.ports import unused_ports
from matinee.stores.schema import migrate
from tests.docker.emulators import emulator_settings
from tests.docker.engine import NoEngineError, engine, image_names, registries_answer
from tests.docker.notes import Notes
from tests.docker.sam_runs import Sam
from tests.docker.stand_ins import lambda_python
from tests.docker.stand_ins.build import LEFT_OUT, build_all, remove_all
from tests.support.emulator import RunningEmulator

NOTES = Notes()
# The one in the example events.
ADMIN_TOKEN = "local-admin-token"
LAMBDA_PYTHON = "3.12"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run these tests only when they are asked for: they take minutes and gigabytes."""
    if "docker" not in config.option.markexpr:
        items[:] = [item for item in items if item.get_closest_marker("docker") is None]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what SAM reported and what was measured."""
    if NOTES.lines:
        terminalreporter.section("Docker and SAM")
        for line in NOTES.lines:
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def notes() -> Notes:
    """Lines to show at the end."""
    return NOTES


@pytest.fixture(scope="session")
def with_stand_ins(notes: Notes) -> Iterator[bool]:
    """Whether stand-ins are used; the engine runs and every image can be had."""
    try:
        with engine():
            stand_ins = not registries_answer()
            if stand_ins:
                build_all(image_names())
                notes.add(f"No registry answers: stand-ins, without {' and '.join(LEFT_OUT)}.")
            else:
                remove_all()
            yield stand_ins
    except NoEngineError as error:
        if os.environ.get("MATINEE_REQUIRE_DOCKER"):
            raise
        pytest.skip(f"these tests need Docker: {error}")


@pytest.fixture(scope="session")
def settings(with_stand_ins: bool, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings with ports and a project of their own."""
    path = tmp_path_factory.mktemp("compose") / ".env"
    values = dict(read_settings(path).values)
    ports = [name for name in values if name.endswith("_PORT")]
    values |= dict(zip(ports, map(str, unused_ports(len(ports))), strict=True))
    values |= {
        "COMPOSE_PROJECT_NAME": "matinee-test",
        "NETWORK": "matinee-test",
        "ADMIN_TOKEN": ADMIN_TOKEN,
    }
    if with_stand_ins:
        values["COMPOSE_PROFILES"] = "metrics,dashboard"
    path.write_text("".join(f"{name}={value}\n" for name, value in values.items()))
    return read_settings(path)


@pytest.fixture(scope="session")
def compose(settings: Settings) -> Iterator[Compose]:
    """The services, healthy, with the packaged ratings and no model."""
    services = Compose(settings)
    services.down(with_data=True)  # what a run that was killed left behind
    try:
        services.up()
        url = settings.host_environment["DATABASE_URL"]
        migrate(url)
        rejects = settings.path.with_name("rejects.csv")
        run_import("packaged", database_url=url, rejects_path=rejects, progress=False)
        yield services
    finally:
        services.down(with_data=True)


@pytest.fixture(scope="session")
def built_sam(
    compose: Compose,
    settings: Settings,
    with_stand_ins: bool,
    notes: Notes,
    tmp_path_factory: pytest.TempPathFactory,
) -> Sam:
    """SAM with all three functions built."""
    variables = tmp_path_factory.mktemp("sam") / "variables.json"
    sam.write_variables(settings, variables)
    built = Sam(settings, variables, notes)
    python = lambda_python.version() if with_stand_ins else LAMBDA_PYTHON
    notes.add(f"The functions run on Python {python}.")
    built.build(python)
    return built


@pytest.fixture(scope="session")
def trained(built_sam: Sam) -> dict[str, object]:
    """The run that the schedule's event started."""
    run: dict[str, object] = built_sam.invoke("TrainFunction", "schedule-train")
    return run


@pytest.fixture(scope="session")
def sam_api(
    built_sam: Sam,
    settings: Settings,
    trained: dict[str, object],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[httpx.Client]:
    """SAM's HTTP API, with a model to serve."""
    log = tmp_path_factory.mktemp("sam-api") / "start-api.log"
    port = settings.port("API")
    with (
        built_sam.api(log, port) as url,
        httpx.Client(base_url=url, timeout=180, trust_env=False) as api,
    ):
        yield api


@pytest.fixture(scope="session")
def emulator(
    settings: Settings, trained: dict[str, object], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningEmulator]:
    """The emulator on the same services."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.aws_environment.items():
            patch.setenv(name, value)
        with RunningEmulator(emulator_settings(settings, tmp_path_factory.mktemp("e"))) as running:
            yield running


@pytest.fixture(scope="session")
def emulator_api(emulator: RunningEmulator) -> Iterator[httpx.Client]:
    """The emulator's HTTP API."""
    with httpx.Client(base_url=emulator.http_url, timeout=60, trust_env=False) as api:
        yield api
