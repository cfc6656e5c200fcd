"""Write each function's OpenAPI document beside its code: functions/*/openapi.json."""

import json
from importlib import import_module
from pathlib import Path

PLACES = {
    "predictor": Path("functions/predict/openapi.json"),
    "trainer": Path("functions/train/openapi.json"),
    "drift_monitor": Path("functions/drift/openapi.json"),
}


# Importing predictor.app starts an environment; its app is next door.
MODULES = {"predictor": "predictor.api"}


def openapi_document(package: str) -> str:
    """Return the document of one function's app, as it is committed."""
    app = import_module(MODULES.get(package, f"{package}.app")).create_app()
    return json.dumps(app.openapi(), indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Write all documents."""
    for package, path in PLACES.items():
        path.write_text(openapi_document(package), encoding="utf-8")
        print(path)


if __name__ == "__main__":
    main()
