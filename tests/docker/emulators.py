"""The emulator on the services in containers."""

from pathlib import Path

from containers import Settings
from lambda_emulator.server import EmulatorSettings
from tests.support.source import ROOT


def emulator_settings(settings: Settings, folder: Path) -> EmulatorSettings:
    """Describe an emulator that finds nothing in its caches."""
    variables = {
        **settings.host_environment,
        "ASYNC_INVOKE": "false",
        "MODEL_CACHE_DIR": str(folder / "cache"),
        "SURPRISE_DATA_FOLDER": str(folder / "surprise"),
    }
    return EmulatorSettings(
        template=ROOT / "template.yaml",
        overrides={"Parameters": variables},
        port=0,
        lambda_port=0,
        dead_letters=folder / "dead-letters.jsonl",
    )
