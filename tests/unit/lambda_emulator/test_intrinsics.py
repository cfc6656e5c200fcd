"""CloudFormation's expressions, evaluated on one machine."""

from typing import Any

import pytest

from lambda_emulator.errors import TemplateError
from lambda_emulator.intrinsics import NO_VALUE, Resolver, Unresolved

_VALUES = {"Stage": "local", "Origins": ["a", "b"], "AWS::NoValue": NO_VALUE}


@pytest.fixture
def resolver() -> Resolver:
    return Resolver(
        ref=lambda name: _VALUES.get(name, Unresolved(f"!Ref {name}")),
        get_attribute=lambda resource, attribute: (
            "arn:here" if attribute == "Arn" else Unresolved(f"!GetAtt {resource}.{attribute}")
        ),
        conditions={
            "IsLocal": {"Fn::Equals": [{"Ref": "Stage"}, "local"]},
            "IsRemote": {"Fn::Not": [{"Condition": "IsLocal"}]},
            "Never": {"Fn::And": [{"Condition": "IsLocal"}, {"Condition": "IsRemote"}]},
            "Always": {"Fn::Or": [{"Condition": "IsLocal"}, {"Condition": "IsRemote"}]},
            "Cloudy": {"Fn::Equals": [{"Fn::GetAtt": "Db.Size"}, "1"]},
        },
        mappings={"Memory": {"local": {"size": 512}}},
    )


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ({"Ref": "Stage"}, "local"),
        ({"Fn::Sub": "x-${Stage}-${!Stage}-${F.Arn}"}, "x-local-${Stage}-arn:here"),
        ({"Fn::Sub": ["${a}/${Stage}", {"a": {"Ref": "Stage"}}]}, "local/local"),
        ({"Fn::Join": [",", {"Ref": "Origins"}]}, "a,b"),
        ({"Fn::Select": ["1", {"Fn::Split": ["-", "a-b-c"]}]}, "b"),
        ({"Fn::If": ["IsLocal", "yes", "no"]}, "yes"),
        ({"Fn::If": ["IsRemote", "yes", "no"]}, "no"),
        ({"Fn::If": ["Never", "yes", "no"]}, "no"),
        ({"Fn::If": ["Always", "yes", "no"]}, "yes"),
        ({"Fn::FindInMap": ["Memory", {"Ref": "Stage"}, "size"]}, 512),
        ({"Fn::GetAtt": ["Function", "Arn"]}, "arn:here"),
        ({"Fn::GetAtt": "Function.Arn"}, "arn:here"),
        ({"Fn::Base64": "hello"}, "aGVsbG8="),
        ({"Fn::ToJsonString": {"a": [1]}}, '{"a":[1]}'),
        ({"Fn::Length": {"Ref": "Origins"}}, 2),
        ({"a": {"Ref": "AWS::NoValue"}, "b": 1}, {"b": 1}),
        ([{"Ref": "AWS::NoValue"}, 1], [1]),
    ],
)
def test_expression_is_evaluated(resolver: Resolver, expression: Any, expected: Any) -> None:
    assert resolver.resolve(expression) == expected


@pytest.mark.parametrize(
    "expression",
    [
        {"Fn::GetAtt": "Db.Endpoint"},
        {"Fn::Sub": "postgresql://${Db.Endpoint}/x"},
        {"Fn::Join": ["", ["a", {"Ref": "Secret"}]]},
        {"Fn::ImportValue": "other-stack"},
        {"Fn::If": ["IsLocal", {"Ref": "Secret"}, "no"]},
        "{{resolve:ssm:/a/b}}",
        {"Fn::Sub": "{{resolve:secretsmanager:${Stage}}}"},
    ],
)
def test_value_that_only_the_cloud_knows_stays_unresolved(
    resolver: Resolver, expression: Any
) -> None:
    assert isinstance(resolver.resolve(expression), Unresolved)


def test_branch_that_is_not_taken_may_hold_what_only_the_cloud_knows(resolver: Resolver) -> None:
    assert resolver.resolve({"Fn::If": ["IsRemote", {"Ref": "Secret"}, "plain"]}) == "plain"


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ({"Fn::If": ["Unheard", 1, 2]}, "Unheard"),
        ({"Fn::If": ["Cloudy", 1, 2]}, "Db.Size"),
        ({"Fn::Select": [5, ["a"]]}, "Fn::Select"),
        ({"Fn::FindInMap": ["Memory", "moon", "size"]}, "moon"),
    ],
)
def test_impossible_expression_is_named(resolver: Resolver, expression: Any, message: str) -> None:
    with pytest.raises(TemplateError, match=message):
        resolver.resolve(expression)
