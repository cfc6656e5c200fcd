"""What a function's process sees of the machine."""

from pathlib import Path

from lambda_emulator.spec import FunctionSpec
from lambda_emulator.template import Place
from lambda_emulator.variables import function_variables, platform_variables


def _variables(**declared: str) -> dict[str, str]:
    spec = FunctionSpec(
        "Fn", "fn", "a.b", Path("/code"), (Path("/layer"),), "python3.13", 3, 128, declared
    )
    return function_variables(
        spec,
        platform={"PATH": "/bin"},
        place=Place(region="eu-west-1"),
        lambda_url="http://127.0.0.1:3001",
        runtime_api="127.0.0.1:9",
        environment_id="e",
    )


def test_reserved_variables_are_the_platforms() -> None:
    variables = _variables(AWS_REGION="mine", AWS_ENDPOINT_URL_LAMBDA="https://aws", A="1")

    assert variables["AWS_REGION"] == "eu-west-1"
    assert variables["AWS_ENDPOINT_URL_LAMBDA"] == "http://127.0.0.1:3001"
    assert variables["AWS_EXECUTION_ENV"] == "AWS_Lambda_python3.13"
    assert variables["A"] == "1"


def test_declared_import_path_follows_the_layers() -> None:
    assert _variables(PYTHONPATH="/opt/x")["PYTHONPATH"] == "/layer:/opt/x"


def test_machine_gives_credentials_and_endpoints_and_little_else() -> None:
    machine = {
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_ENDPOINT_URL_S3": "http://s3",
        "AWS_PROFILE": "work",
        "PATH": "/bin",
        "SECRET": "no",
    }

    assert platform_variables(machine) == {
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_ENDPOINT_URL_S3": "http://s3",
        "PATH": "/bin",
    }


def test_function_has_credentials_even_where_the_machine_has_none() -> None:
    assert platform_variables({})["AWS_ACCESS_KEY_ID"] == "local"
