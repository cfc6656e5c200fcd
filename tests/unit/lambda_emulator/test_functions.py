"""Functions of a template, ready to be run."""

from pathlib import Path
from typing import Any

import pytest

from lambda_emulator.errors import TemplateError
from lambda_emulator.functions import read_functions
from lambda_emulator.spec import AsyncPolicy, FunctionSpec
from lambda_emulator.template import Template


def _template(folder: Path, **properties: Any) -> Template:
    (folder / "code").mkdir(exist_ok=True)
    defaults = {"CodeUri": "code", "Handler": "app.handler", "Runtime": "python3.12"}
    document = {
        "Resources": {
            "Fn": {
                "Type": "AWS::Serverless::Function",
                "Properties": {**defaults, **properties},
            },
            "Plain": {"Type": "AWS::Serverless::LayerVersion", "Properties": {"ContentUri": "l"}},
            "Built": {
                "Type": "AWS::Serverless::LayerVersion",
                "Properties": {"ContentUri": "l"},
                "Metadata": {"BuildMethod": "python3.12"},
            },
        }
    }
    return Template(document, folder=folder)


def _read(folder: Path, overrides: Any = None, **properties: Any) -> FunctionSpec:
    return read_functions(_template(folder, **properties), overrides)[0]


def _variables(**variables: Any) -> dict[str, Any]:
    return {"Variables": variables}


def test_function_that_says_little_has_the_defaults_of_aws(tmp_path: Path) -> None:
    spec = _read(tmp_path)

    assert (spec.name, spec.timeout_seconds, spec.memory_mb) == ("Fn", 3.0, 128)
    assert spec.code_root == tmp_path / "code"
    assert spec.reserved_concurrency is None
    assert spec.async_policy == AsyncPolicy(max_retries=2, max_age_seconds=21_600)


def test_limits_and_retries_are_read(tmp_path: Path) -> None:
    spec = _read(
        tmp_path,
        ReservedConcurrentExecutions=3,
        EventInvokeConfig={"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60},
    )

    assert spec.reserved_concurrency == 3
    assert spec.async_policy == AsyncPolicy(max_retries=0, max_age_seconds=60)


def test_events_that_fail_go_to_the_queue_of_the_template(tmp_path: Path) -> None:
    queue = {"Type": "SQS", "Destination": "arn:aws:sqs:us-east-1:123456789012:lost"}

    spec = _read(tmp_path, EventInvokeConfig={"DestinationConfig": {"OnFailure": queue}})

    assert spec.async_policy.dead_letter_queue == "lost"


@pytest.mark.parametrize(("layer", "folder"), [("Plain", "l/python"), ("Built", "l")])
def test_layer_is_found_whether_or_not_it_is_built(tmp_path: Path, layer: str, folder: str) -> None:
    spec = _read(tmp_path, Layers=[{"Ref": layer}])

    assert spec.import_paths == (tmp_path / folder,)


def test_override_replaces_only_what_the_function_declares(tmp_path: Path) -> None:
    spec = _read(
        tmp_path,
        {"Parameters": {"A": "all", "B": "all", "UNDECLARED": "x"}, "Fn": {"B": "own"}},
        Environment=_variables(A="template", B="template", C=True, D=1),
    )

    assert spec.environment == {"A": "all", "B": "own", "C": "true", "D": "1"}


def test_variable_that_only_the_cloud_knows_is_named(tmp_path: Path) -> None:
    environment = _variables(URL={"Fn::GetAtt": "Db.Url"}, OK="fine", KEY="{{resolve:ssm:k}}")

    with pytest.raises(TemplateError, match=r"Fn: .*URL \(!GetAtt Db.Url\), KEY"):
        _read(tmp_path, Environment=environment)

    spec = _read(tmp_path, {"Fn": {"URL": "u", "KEY": "k"}}, Environment=environment)
    assert spec.environment == {"URL": "u", "OK": "fine", "KEY": "k"}


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        ({"CodeUri": "nowhere"}, "CodeUri nowhere"),
        ({"Handler": None}, "Handler is missing"),
        ({"Timeout": {"Fn::GetAtt": "Db.Patience"}}, "Timeout is !GetAtt Db.Patience"),
        ({"Layers": ["arn:aws:lambda:eu-west-1:1:layer:theirs:3"]}, "theirs"),
        ({"PackageType": "Image"}, "DockerContext"),
    ],
)
def test_function_that_cannot_run_is_refused(
    tmp_path: Path, properties: dict[str, Any], message: str
) -> None:
    with pytest.raises(TemplateError, match=message):
        _read(tmp_path, **properties)


def test_override_of_an_unknown_function_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="Typo"):
        _read(tmp_path, {"Typo": {"A": "1"}})


def test_values_of_variables_are_not_shown(tmp_path: Path) -> None:
    spec = _read(tmp_path, Environment=_variables(DATABASE_URL="postgresql://u:secret@h/d"))

    assert "secret" not in repr(spec)
