"""Templates: short forms, Globals, parameters and conditions."""

from pathlib import Path

import pytest

from lambda_emulator.errors import TemplateError
from lambda_emulator.intrinsics import Unresolved
from lambda_emulator.template import FUNCTION, Place, Template

_TEMPLATE = """
Parameters:
  Stage: {Type: String, Default: local, AllowedValues: [local, production]}
  Needed: {Type: String}
  Origins: {Type: CommaDelimitedList, Default: "a, b"}
  FromSsm: {Type: "AWS::SSM::Parameter::Value<String>", Default: /path}
Conditions:
  IsProduction: !Equals [!Ref Stage, production]
Globals:
  Function:
    Timeout: 10
    Layers: [one]
    Environment: {Variables: {SHARED: all, STAGE: !Ref Stage}}
Resources:
  A:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: !Sub ${AWS::StackName}-a
      Layers: [two]
      Timeout: 20
      Environment:
        Variables:
          SHARED: own
          ORIGINS: !Join [";", !Ref Origins]
          SELF: !GetAtt A.Arn
          BUCKET: !Ref Bucket
          NEEDED: !Ref Needed
          SSM: !Ref FromSsm
          DATABASE: !GetAtt Database.Endpoint.Address
          QUEUES: !Sub "${Named} ${Unnamed.Arn} ${Named.QueueName}"
  Bucket: {Type: AWS::S3::Bucket, Properties: {BucketName: shelf}}
  Named: {Type: AWS::SQS::Queue, Properties: {QueueName: lost}}
  Unnamed: {Type: AWS::SQS::Queue}
  OnlyInProduction:
    Type: AWS::Serverless::Function
    Condition: IsProduction
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "template.yaml"
    file.write_text(_TEMPLATE)
    return file


def test_globals_are_merged_as_sam_does(path: Path) -> None:
    properties = Template.load(path).resources["A"]["Properties"]

    assert properties["Timeout"] == 20
    assert properties["Layers"] == ["one", "two"]
    assert properties["Environment"]["Variables"]["SHARED"] == "own"
    assert properties["Environment"]["Variables"]["STAGE"] == "local"


def test_values_are_resolved_where_this_machine_can(path: Path) -> None:
    template = Template.load(path, place=Place(stack_name="test", region="eu-west-1"))

    variables = template.resources["A"]["Properties"]["Environment"]["Variables"]
    assert variables["ORIGINS"] == "a;b"
    assert variables["BUCKET"] == "shelf"
    assert variables["QUEUES"] == (
        "https://sqs.eu-west-1.amazonaws.com/123456789012/lost "
        "arn:aws:sqs:eu-west-1:123456789012:test-Unnamed lost"
    )
    assert variables["SELF"] == "arn:aws:lambda:eu-west-1:123456789012:function:test-a"
    for name in ("NEEDED", "SSM", "DATABASE"):
        assert isinstance(variables[name], Unresolved)


def test_parameter_overrides_its_default_and_switches_conditions(path: Path) -> None:
    template = Template.load(path, parameters={"Stage": "production", "Needed": "yes"})

    assert set(template.of_type(FUNCTION)) == {"A", "OnlyInProduction"}
    assert template.resources["A"]["Properties"]["Environment"]["Variables"]["NEEDED"] == "yes"
    assert set(Template.load(path).of_type(FUNCTION)) == {"A"}


@pytest.mark.parametrize(
    ("parameters", "message"),
    [({"Stage": "moon"}, "must be one of: local, production"), ({"Typo": "x"}, "Typo")],
)
def test_wrong_parameter_is_refused(path: Path, parameters: dict[str, str], message: str) -> None:
    with pytest.raises(TemplateError, match=message):
        Template.load(path, parameters=parameters)


@pytest.mark.parametrize("content", ["Resources: {", "just text", "Description: empty"])
def test_file_that_is_no_template_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "template.yaml"
    file.write_text(content)

    with pytest.raises(TemplateError, match=r"template\.yaml"):
        Template.load(file)


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="No such file"):
        Template.load(tmp_path / "template.yaml")
