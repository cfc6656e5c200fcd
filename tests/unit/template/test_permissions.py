"""What each role may do, and that nothing is open to the world."""

from typing import Any

import pytest

from tests.support.template import load_template, resources

FUNCTIONS = resources("AWS::Serverless::Function")
MODELS = "${ModelBucket.Arn}/models/*"
REPORTS = "${ModelBucket.Arn}/reports/*"


def statements(function: str) -> list[dict[str, Any]]:
    role = FUNCTIONS[function]["Role"]["Fn::GetAtt"].removesuffix(".Arn")
    policies = resources("AWS::IAM::Role")[role]["Policies"]
    return [line for policy in policies for line in policy["PolicyDocument"]["Statement"]]


def granted(function: str) -> set[tuple[str, str]]:
    """Return the (action, resource) pairs that a function's role allows."""
    return {
        (action, resource.get("Fn::Sub") or resource["Fn::GetAtt"])
        for line in statements(function)
        for resource in [line["Resource"]]
        for action in ([line["Action"]] if isinstance(line["Action"], str) else line["Action"])
    }


def test_functions_share_no_role() -> None:
    roles = [function["Role"]["Fn::GetAtt"] for function in FUNCTIONS.values()]
    assert len(set(roles)) == len(FUNCTIONS)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_role_names_every_action_and_every_resource(function: str) -> None:
    for action, resource in granted(function):
        assert "*" not in action
        assert resource != "*"


@pytest.mark.parametrize(
    ("function", "actions"),
    [
        ("PredictFunction", {("s3:GetObject", MODELS)}),
        ("TrainFunction", {("s3:GetObject", MODELS), ("s3:PutObject", MODELS)}),
        (
            "DriftFunction",
            {
                ("s3:GetObject", MODELS),
                ("s3:GetObject", REPORTS),
                ("s3:PutObject", REPORTS),
                ("s3:DeleteObject", REPORTS),
            },
        ),
    ],
    ids=["predict", "train", "drift"],
)
def test_role_reaches_only_its_objects(function: str, actions: set[tuple[str, str]]) -> None:
    objects = {grant for grant in granted(function) if grant[0].endswith("Object")}
    assert objects == actions


def test_train_and_drift_invoke_themselves_and_drift_starts_trainings() -> None:
    invokers = {
        name: {resource for action, resource in granted(name) if action == "lambda:InvokeFunction"}
        for name in FUNCTIONS
    }

    def itself(name: str) -> str:
        return (
            "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:"
            + FUNCTIONS[name]["FunctionName"]["Fn::Sub"]
        )

    assert invokers == {
        "PredictFunction": set(),
        "TrainFunction": {itself("TrainFunction")},
        "DriftFunction": {itself("DriftFunction"), "TrainFunction.Arn"},
    }


def test_model_bucket_is_private_versioned_and_encrypted() -> None:
    bucket = resources("AWS::S3::Bucket")["ModelBucket"]
    assert all(bucket["PublicAccessBlockConfiguration"].values())
    assert len(bucket["PublicAccessBlockConfiguration"]) == 4
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert "BucketEncryption" in bucket
    assert load_template()["Resources"]["ModelBucket"]["DeletionPolicy"] == "Retain"


def test_model_bucket_refuses_plain_http() -> None:
    [policy] = resources("AWS::S3::BucketPolicy").values()
    [statement] = policy["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Action"]) == ("Deny", "s3:*")
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


@pytest.mark.parametrize("parameter", ["DatabaseUrl", "AdminToken"])
def test_secret_parameter_is_never_shown(parameter: str) -> None:
    assert load_template()["Parameters"][parameter]["NoEcho"] is True
