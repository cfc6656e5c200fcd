"""The project's own template is one that the emulator can run."""

from lambda_emulator.apis import read_http_api
from lambda_emulator.functions import read_functions
from lambda_emulator.template import Template
from tests.support.source import ROOT


def test_every_function_of_the_project_is_found_with_its_code() -> None:
    template = Template.load(ROOT / "template.yaml")

    specs = {
        spec.logical_id: spec
        for spec in read_functions(template, {"Parameters": {"MODEL_BUCKET": "bucket"}})
    }

    assert set(specs) == {"PredictFunction", "TrainFunction", "DriftFunction"}
    for spec in specs.values():
        package = spec.handler.split(".")[0]
        assert (spec.code_root / package).is_dir()
        assert [(path / "matinee").is_dir() for path in spec.import_paths] == [True]
        assert spec.environment["STAGE"] == "local"


def test_every_route_of_the_project_has_a_function() -> None:
    api = read_http_api(Template.load(ROOT / "template.yaml"))

    assert api is not None
    assert {"PredictFunction", "TrainFunction", "DriftFunction"} == {
        route.function for route in api.routes
    }
